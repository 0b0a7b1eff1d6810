// SPDX-License-Identifier: Apache-2.0
import type { Entry } from '../../training/data/entry.ts';
import type { Unusable } from '../../training/data/recordings.ts';
import type { TrainingConfig } from '../../training/train/config.ts';
import type { StartWeights } from '../../training/train/job.ts';
import type { TrainingData } from '../../training/train/training-data.ts';

/** What a training run starts from. */
export interface TrainInput {
  readonly config: TrainingConfig;
  readonly data: TrainingData;
  /** Files of the split that neither trains nor chooses. */
  readonly test: readonly Entry[];
  readonly unusable: readonly Unusable[];
  /** null: random weights. */
  readonly start: StartWeights | null;
  /** The background is speech synthesis alone. */
  readonly syntheticBackground: boolean;
}

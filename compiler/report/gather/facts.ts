// SPDX-License-Identifier: Apache-2.0
/** Everything that a report shows, as numbers. */
import type { Program } from '../../core/program/program.ts';
import type { ProgramInspection } from '../inspect/inspection.ts';
import type { TuningCurve } from '../tune/choose.ts';
import type { EvaluationFacts, SoundFacts } from './clips.ts';
import type { CostFacts } from './cost.ts';
import type { RecordingFacts } from './recording.ts';
import type { TrainingFacts } from './training-record.ts';
import type { WeightFacts } from './weights.ts';

export interface ModelFacts {
  /** As the user gave it. */
  readonly path: string;
  readonly program: Program;
  readonly inspection: ProgramInspection;
  readonly weights: readonly WeightFacts[];
  readonly cost: CostFacts;
  /** null: the model folder has no training.json. */
  readonly training: TrainingFacts | null;
  /** null: no labelled clips were given. */
  readonly clips: EvaluationFacts | null;
  /** null: no background was given. */
  readonly curve: TuningCurve | null;
  readonly recordings: readonly RecordingFacts[];
}

export interface ReportFacts {
  /** One or two. */
  readonly models: readonly ModelFacts[];
  /** Clips that can be played. */
  readonly sounds: readonly SoundFacts[];
}

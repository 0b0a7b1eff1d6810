// SPDX-License-Identifier: Apache-2.0
import type { MachineName } from '../../machines/execute/executor.ts';
import type { NoiseColour } from '../../training/train/augment/rules.ts';
import type { ClipOptions } from './input.ts';
import type { KernelChoice } from './target.ts';

export interface EvalOptions extends ClipOptions {
  readonly on: MachineName;
  readonly kernel: KernelChoice;
  readonly json?: boolean;
  /** Of --stream: decibels between a file's level and the noise's. */
  readonly snr?: number;
  readonly noise: NoiseColour;
  readonly seed: number;
  readonly float?: boolean;
}

// SPDX-License-Identifier: Apache-2.0
import type { MachineName } from '../../machines/execute/executor.ts';
import type { ClipOptions } from './input.ts';
import type { KernelChoice } from './target.ts';

export interface EvalOptions extends ClipOptions {
  readonly on: MachineName;
  readonly kernel: KernelChoice;
  readonly json?: boolean;
  /** Of --stream, all that follow: decibels of full scale that every file is brought to. */
  readonly level?: number;
  readonly peak?: number;
  /** Decibels between a file's level and the noise's. */
  readonly snr?: number;
  /** A colour, or a path. */
  readonly noise: string;
  readonly voices: number;
  readonly seed: number;
  /** Columns of a table of recordings, by name or number. */
  readonly fileColumn?: string;
  readonly labelColumn?: string;
  readonly sourceColumn?: string;
  /** Folder for the mistakes of highest score. */
  readonly keepMistakes?: string;
  readonly float?: boolean;
}

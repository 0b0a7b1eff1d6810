// SPDX-License-Identifier: Apache-2.0
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import type { StreamProgram } from '../../core/program/program.ts';

/** A program that listens to sound. */
export interface SoundProgram extends StreamProgram {
  readonly frontend: FrontendProgram;
}

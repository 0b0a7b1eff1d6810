// SPDX-License-Identifier: Apache-2.0
import type { FrontendProgram } from '../program/frontend-program.ts';

/** PCM to Q15 features, integers only: twin of runtime-c/egru_frontend.c. */
export class Frontend {
  constructor(readonly program: FrontendProgram) {}

  /**
   * One frame. Reads program.frame samples of pcm from offset on, writes program.bins features, Q15 0 .. 32767.
   */
  frame(_pcm: Int16Array, _offset: number, _features: Int16Array): void {
    throw new Error('the integer front end is under construction');
  }
}

// SPDX-License-Identifier: Apache-2.0

import type { Program } from '../../../core/program/program.ts';
import type { Kernel } from '../kernel.ts';
import { generateUnrolled } from './unrolled.ts';

/** Every weight an instruction; descriptors without tables. */
export function unrolledKernel(program: Program): Kernel {
  const { assembly, c } = generateUnrolled(program);
  return {
    name: 'unrolled',
    step: 'model_step',
    declaration:
      '/* The generated step: model_step.S on a Cortex-M0+, otherwise model_step.c. */\negru_step_fn model_step;',
    scratchWords: 0,
    tables: () => ({ arrays: [], codes: 'NULL', bias: 'NULL' }),
    layerSymbols: program.layers.map((_, index) => `model_step.layer${index}`),
    files: [
      { path: 'model_step.S', text: assembly },
      { path: 'model_step.c', text: c },
    ],
  };
}

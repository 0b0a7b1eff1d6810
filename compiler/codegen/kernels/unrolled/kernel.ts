// SPDX-License-Identifier: Apache-2.0

import type { Program } from '../../../core/program/program.ts';
import type { Names } from '../../text/names.ts';
import type { Kernel } from '../kernel.ts';
import { generateUnrolled } from './unrolled.ts';

/** Every weight an instruction; descriptors without tables. */
export function unrolledKernel(program: Program, names: Names): Kernel {
  const { step } = names;
  const { assembly, c } = generateUnrolled(program, { names });
  return {
    name: 'unrolled',
    step,
    declaration: `/* The generated step: ${step}.S on a Cortex-M0+, otherwise ${step}.c. */\negru_step_fn ${step};`,
    scratchWords: 0,
    tables: () => ({ arrays: [], codes: 'NULL', bias: 'NULL' }),
    layerSymbols: program.layers.map((_, index) => `${step}.layer${index}`),
    files: [
      { path: `${step}.S`, text: assembly },
      { path: `${step}.c`, text: c },
    ],
  };
}

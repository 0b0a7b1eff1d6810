// SPDX-License-Identifier: Apache-2.0
import type { Program } from '../../../core/program/program.ts';
import type { Kernel, KernelStep } from '../kernel.ts';
import { packedScratchWords } from './codes.ts';
import { packedCycles, packedFlash } from './estimate.ts';
import { packedTables } from './tables.ts';

/** 3-bit codes in tiles for runtime-c/egru_packed.c: one generic step that walks the layers. */
export const packedKernel: Kernel<'packed'> = {
  name: 'packed',
  runtimePrefix: 'egru_packed',
  scratchWords: ({ layers }) => packedScratchWords(layers),
  step,
  flash: packedFlash,
  leastFlash: () => 0,
  cycles: packedCycles,
};

function step(program: Program): KernelStep {
  return {
    step: 'egru_packed_step',
    declaration: null,
    tables: packedTables,
    layerSymbols: program.layers.map(() => 'multiply'),
    indirect: [{ caller: 'egru_packed_walk', table: 'egru_packed_cells' }],
    files: [],
  };
}

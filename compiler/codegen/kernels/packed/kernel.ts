// SPDX-License-Identifier: Apache-2.0
import { cellOf } from '../../../core/program/cells/index.ts';
import type { Layer, Program } from '../../../core/program/program.ts';
import type { Names } from '../../text/names.ts';
import type { EmittedFile, Kernel, KernelStep } from '../kernel.ts';
import { layerTypes } from '../layer-types.ts';
import { hasPackedCell, isForOtherCells, ownPackedCells, packedCell } from './cells.ts';
import { packedScratchWords } from './codes.ts';
import { packedCycles, packedFlash, packedLayerCosts } from './estimate.ts';
import { packedTables } from './tables.ts';

/** 3-bit codes in tiles for runtime-c/network/egru_packed.c: one generic step that walks the layers. */
export const packedKernel: Kernel<'packed'> = {
  name: 'packed',
  runtimePrefixes: ['egru_packed', 'egru_rows'],
  leavesOut: isForOtherCells,
  computes: hasPackedCell,
  scratchWords: ({ layers }) => packedScratchWords(layers),
  step,
  flash: packedFlash,
  leastFlash: () => 0,
  cycles: packedCycles,
  layerCosts: packedLayerCosts,
};

function step(program: Program, names: Names): KernelStep {
  const own = ownPackedCells(program);
  const tables = (layer: Layer, index: number) =>
    packedTables(layer, index, program.layers[index - 1] ?? null);
  const shared = { tables, layerSymbols: program.layers.map(() => 'multiply') };
  const caller = 'egru_packed_walk';
  if (own.length === 0) {
    return {
      ...shared,
      step: 'egru_packed_step',
      declaration: null,
      indirect: [{ caller, table: 'egru_packed_cells' }],
      files: [],
      sources: [],
    };
  }
  return {
    ...shared,
    step: names.step,
    declaration: `/* The generated step, with the cells of this model: ${names.step}.c. */\negru_step_fn ${names.step};`,
    indirect: [{ caller, table: `${names.step}_cells` }],
    files: [stepFile(program, names)],
    sources: own.flatMap((cell) => cell.files(names.runtime)),
  };
}

/** The step of a model with cells of its own: the walk over the layers, with a table that has them. */
function stepFile(program: Program, { step, runtime }: Names): EmittedFile {
  const rows = layerTypes(program).map((type) => {
    const { gates, recurrent } = cellOf({ type });
    const cell = packedCell({ type });
    // A cell that multiplies by itself gets its inputs.
    const matrices = cell.own === undefined ? gates.length : 0;
    return `    {${matrices}, ${recurrent ? 1 : 0}, ${cell.finish}}, /* ${type} */`;
  });
  // The runtime declares its own.
  const foreign = ownPackedCells(program).filter(({ runtime }) => runtime === undefined);
  const declared = foreign.map(({ finish }) => `egru_packed_finish ${finish};`);
  const text = `#include "${runtime}egru_packed.h"

${declared.map((line) => `${line}\n`).join('')}
/* By egru_layer.type. */
static const egru_packed_cell ${step}_cells[] = {
${rows.join('\n')}
};

void ${step}(const egru_model *model, int32_t *state, const int16_t *features, int32_t *logits) {
    egru_packed_walk(model, state, features, logits, ${step}_cells);
}
`;
  return { path: `${step}.c`, text };
}

// SPDX-License-Identifier: Apache-2.0
import { CODE_ZERO } from '../../../core/fixed/fixed.ts';
import { matricesOf } from '../../../core/program/cells/index.ts';
import type { Program } from '../../../core/program/program.ts';
import type { Kernel } from '../kernel.ts';
import { hasUnrolledCell } from '../unrolled/cells/index.ts';
import { stepFlash, stepLayerCosts, stepOf } from '../unrolled/kernel.ts';
import type { PlannedLayer } from '../unrolled/planned-layer.ts';
import { layerRows } from '../unrolled/rows.ts';
import { generateStep } from '../unrolled/unrolled.ts';
import { sparseTable } from './table.ts';

/** About a byte for every weight that is not zero, in tables that a generated step walks. */
export const sparseKernel: Kernel<'sparse'> = {
  name: 'sparse',
  runtimePrefixes: ['egru_cell_m0', 'egru_rows', 'egru_sparse'],
  computes: hasUnrolledCell,
  scratchWords: (program) => generateStep(program, planSparse(program)).scratchWords,
  step: (program, names) => stepOf(program, planSparse(program), names),
  flash: (program) => stepFlash(program, planSparse(program)),
  leastFlash: ({ layers }) =>
    layers
      .flatMap(matricesOf)
      .reduce((sum, { matrix }) => sum + matrix.codes.filter((code) => code !== CODE_ZERO).length, 0),
  cycles(program) {
    const { min, max } = generateStep(program, planSparse(program));
    return { min, max };
  },
  layerCosts: (program) => stepLayerCosts(program, planSparse(program)),
};

const plans = new WeakMap<Program['layers'], readonly PlannedLayer[]>();

export function planSparse(program: Program): readonly PlannedLayer[] {
  const planned =
    plans.get(program.layers) ??
    program.layers.map((layer): PlannedLayer => {
      const rows = layerRows(layer);
      const all = rows.rows.map((_, row) => row);
      return {
        ...{ layer, rows, blocks: [], fast: false },
        tables: all.length === 0 ? [] : [sparseTable(rows, all)],
      };
    });
  plans.set(program.layers, planned);
  return planned;
}

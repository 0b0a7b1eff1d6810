// SPDX-License-Identifier: Apache-2.0
import type { EgruLayer } from '../../../../core/program/cells/egru.ts';
import { cellCycles, fastCellCycles } from '../cell-cycles.ts';
import { X, Y } from '../registers.ts';
import type { Cost } from '../thumb.ts';
import type { LayerWriter, UnrolledCell } from './cell.ts';

const HELPER = `/* From the accumulators of all units to the new state; reads the old one unit by unit. */
static void cell(const int32_t *z, const int32_t *g, q15 *h, unsigned units) {
    for (unsigned i = 0; i < units; i++) {
        h[i] = (q15)egru_blend(h[i], egru_gate(z[i]), egru_i_softsign(g[i])); /* between h and g: a Q15 */
    }
}
`;

const COMPACT = { name: 'egru_i_cell_m0', bytes: 5580 };
const FAST = { name: 'egru_i_cell_fast_m0', bytes: 18088 };

/** The call of a function that takes words at X and states from Y to r8. @param cycles the BL included */
export function callCell(
  units: number,
  { code, outputsPointer }: Pick<LayerWriter, 'code' | 'outputsPointer'>,
  name: string,
  { min, max }: Pick<Cost, 'min' | 'max'>,
): void {
  outputsPointer(Y, 0, 'r0');
  if (2 * units <= 255) {
    code.op(`mov r0, ${Y}`);
    code.op(`adds r0, #${2 * units}`);
  } else {
    code.constant('r0', 2 * units);
    code.op(`adds r0, r0, ${Y}`);
  }
  code.op('mov r8, r0');
  code.range(`bl ${name}`, min, max, 4);
}

/** Accumulators go to the cell's words, z and g of a unit side by side; the runtime turns them into the new state. */
export const egruUnrolled: UnrolledCell<EgruLayer> = {
  type: 'egru',
  runtime: (fast) => [fast ? FAST : COMPACT],
  frameWords: ({ units }) => 2 * units,
  block(_, rows, writer) {
    for (const row of rows) {
      const register = writer.lowered(row, X);
      const word = 2 * row.row.unit + (row.row.gate === 'z' ? 0 : 1);
      writer.storeOwn(register, word);
    }
  },
  finish({ units }, writer, fast) {
    writer.ownAddress(X, 'r0');
    callCell(units, writer, (fast ? FAST : COMPACT).name, (fast ? fastCellCycles : cellCycles)(units));
  },
  c: {
    helper: HELPER,
    targets: () => ['int32_t *z', 'int32_t *g'],
    target: (_, { gate, unit }) => `${gate}[${unit}]`,
    stored: (_, value) => value,
    locals: ({ units }) => ['z', 'g'].map((name) => ({ name, declaration: `int32_t ${name}[${units}];` })),
    finish: ({ units }, y) => `cell(z, g, ${y}, ${units});`,
  },
};

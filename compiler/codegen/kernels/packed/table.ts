// SPDX-License-Identifier: Apache-2.0
/** Packed rows of a layer as a table of a generated step. */
import { CODE_ZERO } from '../../../core/fixed/fixed.ts';
import { NONE } from '../unrolled/paths.ts';
import type { RowTable, TableNames, TablePlace } from '../unrolled/row-table.ts';
import type { LayerRows } from '../unrolled/rows.ts';
import { packRows, ROWS, TABLE_WORDS } from './codes.ts';
import { packedRowsCycles } from './rows-cycles.ts';

/** egru_i_packed_rows_m0 and egru_i_packed_biased_m0. */
const FUNCTION_BYTES = 564;
const FUNCTION_STACK = 12;

/** rows: indices of the layer's. */
export function packedTable(layer: LayerRows, rows: readonly number[]): RowTable {
  const filled = ROWS * Math.ceil(rows.length / ROWS);
  const columns = 2 * layer.words;
  const groups = packRows(rows.length, columns, (row, column) => codeAt(layer, rows[row] ?? 0, column));
  const biases = Array.from({ length: filled }, (_, i) => (layer.rows[rows[i] ?? -1]?.bias ?? 0) >>> 0);
  const codeBytes = groups.reduce((sum, { words }) => sum + words.byteLength, 0);
  return {
    fixed: { bytes: 34, cycles: 30 + packedRowsCycles(0, columns) },
    rowCost: () => ({
      bytes: 4 + codeBytes / filled,
      cycles: 4.5 + (packedRowsCycles(ROWS, columns) - packedRowsCycles(0, columns)) / ROWS,
    }),
    name: 'packed',
    order: rows,
    accumulatorWords: filled,
    workWords: TABLE_WORDS,
    frameWords: layer.words,
    data: Uint32Array.from([...biases, ...groups.flatMap(({ words }) => Array.from(words))]),
    stack: FUNCTION_STACK,
    runtime: [{ name: 'egru_i_packed_biased_m0', bytes: FUNCTION_BYTES }],
    assembly({ code, symbol, work, accumulators, localLabel }: TablePlace): void {
      code.literal('r0', symbol, localLabel());
      code.op('mov r1, sp');
      work('r3', 'r2');
      accumulators('r4', 'r2');
      code.constant('r2', columns);
      code.constant('r5', filled);
      const cycles = 3 + biasedCycles(filled) + packedRowsCycles(filled, columns);
      code.range('bl egru_i_packed_biased_m0', cycles, cycles, 4);
    },
    c: ({ data, inputs, accumulators, work }: TableNames) => [
      `for (unsigned i = 0; i < ${filled}; i++) {`,
      `    (${accumulators})[i] = (int32_t)${data}[i];`,
      '}',
      `egru_i_packed_rows(${data} + ${filled}, ${inputs}, ${columns}, ${work}, ${accumulators}, ${filled});`,
    ],
  };
}

/** The code of a row at a halfword of the frame. */
function codeAt(layer: LayerRows, row: number, column: number): number {
  const p = layer.pairs.findIndex(({ word }) => word === column >> 1);
  const needs = column & 1 ? layer.upperNeeds : layer.lowerNeeds;
  const need = p < 0 ? NONE : (needs[2 * row * layer.pairs.length + p] ?? NONE);
  return need === NONE ? CODE_ZERO : (need >> 1) | ((need & 1) << 2);
}

/** Copies the biases, and goes on to the rows. */
function biasedCycles(rows: number): number {
  return 2 + (rows / 2) * 9 - 1 + 4;
}

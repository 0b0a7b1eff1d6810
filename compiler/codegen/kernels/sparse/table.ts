// SPDX-License-Identifier: Apache-2.0
/** Sparse rows of a layer as a table: about a byte for a weight that is not zero. */

import type { RowTable, TableCost, TableNames, TablePlace } from '../unrolled/row-table.ts';
import type { LayerRows } from '../unrolled/rows.ts';
import type { Code } from '../unrolled/thumb.ts';
import { cellCount, fours, type Reading, type SparseRow, sparseRow } from './numbers.ts';

/** Words that one call of the runtime takes. */
const CALL = 16;
/** Cycles of a word, and of a call with its return: egru_sparse_m0.S. */
const WORD = { pairs: 24, single: 26 } as const;
const CALL_CYCLES = 3 + 2;
const FUNCTION_BYTES = { pairs: 612, single: 676 } as const;
const CELLS_BYTES = 80;

/** Rows with as many words. */
interface Run {
  readonly words: number;
  readonly rows: readonly number[];
}

/** rows: indices of the layer's. The reading is the one that takes fewer cycles. */
export function sparseTable(layer: LayerRows, rows: readonly number[]): RowTable {
  const [pairs, single] = (['pairs', 'single'] as const).map((reading) => new Sparse(layer, rows, reading));
  if (pairs === undefined || single === undefined) throw new Error('unreachable');
  return single.wordCycles < pairs.wordCycles ? single : pairs;
}

function rowCycles(words: number, reading: Reading): number {
  return WORD[reading] * words + CALL_CYCLES * Math.ceil(words / CALL);
}

class Sparse implements RowTable {
  readonly name = 'sparse';
  readonly order: readonly number[];
  readonly accumulatorWords: number;
  readonly workWords: number;
  readonly frameWords: number;
  readonly data: Uint32Array;
  readonly stack = 0;
  readonly #runs: readonly Run[];
  readonly #reading: Reading;
  readonly #fours: number;
  readonly #words: ReadonlyMap<number, number>;

  constructor(layer: LayerRows, rows: readonly number[], reading: Reading) {
    this.#reading = reading;
    this.#fours = fours(layer);
    const encoded = new Map(rows.map((row) => [row, sparseRow(layer, row, reading)]));
    this.#words = new Map([...encoded].map(([row, { words }]) => [row, words.length]));
    const lengths = [...new Set([...encoded.values()].map(({ words }) => words.length))].sort(
      (a, b) => b - a,
    );
    const of = (row: number): SparseRow => encoded.get(row) ?? { start: 0, words: new Uint32Array() };
    this.#runs = lengths.map((words) => ({
      words,
      rows: rows.filter((row) => of(row).words.length === words),
    }));
    this.order = this.#runs.flatMap((run) => run.rows);
    this.data = Uint32Array.from(
      this.order.flatMap((row) => [of(row).start >>> 0, ...Array.from(of(row).words)]),
    );
    this.accumulatorWords = rows.length;
    this.workWords = cellCount(layer) / 2;
    this.frameWords = 2 * this.#fours;
  }

  get wordCycles(): number {
    return this.#runs.reduce(
      (sum, { words, rows }) => sum + rows.length * rowCycles(words, this.#reading),
      0,
    );
  }

  get fixed(): TableCost {
    const runs = this.#runs.reduce((sum, { words }) => sum + 18 + 4 * Math.ceil(words / CALL), 0);
    return { bytes: 38 + runs, cycles: 30 + 51 * this.#fours + 4 * this.#runs.length };
  }

  rowCost(row: number): TableCost {
    const words = this.#words.get(row) ?? 0;
    return { bytes: 4 + 4 * words, cycles: 8 + rowCycles(words, this.#reading) };
  }

  get runtime() {
    const cells = { name: 'egru_i_sparse_cells_m0', bytes: CELLS_BYTES };
    return [cells, { name: `egru_i_sparse_${this.#reading}`, bytes: FUNCTION_BYTES[this.#reading] }];
  }

  assembly({ code, symbol, work, accumulators, localLabel }: TablePlace): void {
    work('r1', 'r2');
    code.op('mov r9, r1');
    code.op('mov r0, sp');
    code.stackAddress('r2', 8 * this.#fours);
    code.op('mov r8, r2');
    const cycles = CALL_CYCLES + 3 + 51 * this.#fours - 1;
    code.range('bl egru_i_sparse_cells_m0', cycles, cycles, 4);
    code.literal('r0', symbol, localLabel());
    accumulators('r7', 'r1');
    code.op('movs r3, #255');
    code.op('lsls r3, r3, #1');
    for (const run of this.#runs) this.#run(code, run, localLabel());
  }

  #run(code: Code, { words, rows }: Run, label: string): void {
    const n = rows.length;
    if (n > 1) {
      code.constant('r1', 4 * n);
      code.op('adds r1, r1, r7');
      code.op('mov r8, r1');
      code.label(label);
    }
    code.times(n, () => {
      code.op('mov r1, r9');
      code.multiple('ldm r0!, {r2}', 1);
      for (let rest = words; rest > 0; rest -= CALL) {
        const call = Math.min(rest, CALL);
        const cycles = WORD[this.#reading] * call + CALL_CYCLES;
        code.range(`bl egru_i_sparse_${this.#reading}_${call}`, cycles, cycles, 4);
      }
      code.multiple('stm r7!, {r2}', 1);
    });
    if (n > 1) {
      code.range('cmp r7, r8', n, n);
      code.range(`bne ${label}`, 2 * n - 1, 2 * n - 1);
    }
  }

  c({ data, inputs, accumulators, work }: TableNames): readonly string[] {
    const cells = `(q15 *)(${work})`;
    let at = 0;
    return [
      `egru_i_sparse_cells(${inputs}, ${this.#fours}, ${cells});`,
      `const uint32_t *rows = ${data};`,
      ...this.#runs.map(({ words, rows }) => {
        const call = `egru_i_sparse_rows(rows, ${cells}, ${words}, ${this.#reading === 'single' ? 1 : 0}, ${accumulators} + ${at}, ${rows.length})`;
        at += rows.length;
        return `rows = ${call};`;
      }),
      '(void)rows;',
    ];
  }
}

// SPDX-License-Identifier: Apache-2.0
/** Weights by columns, so that a step visits those of an event alone (runtime-c/network/egru_packed_event.c). */
import { matricesOf } from '../../../core/program/cells/index.ts';
import type { Layer } from '../../../core/program/program.ts';

/** Bytes of an accumulator. */
const WORD = 4;
/** The codes of +1, -1, +1/2, -1/2, +1/4, -1/4. */
const CODES = [0, 4, 1, 5, 2, 6] as const;

/**
 * For each column its length in halfwords, then for each of CODES the number of rows that have it and the byte offsets of
 * their accumulators, rows of all matrices one after the other: MAX_WEIGHTS keeps them below 65536.
 */
export function columnLists(layer: Layer): Uint16Array {
  const matrices = matricesOf(layer).map(({ matrix }) => matrix);
  const columns = matrices[0]?.columns ?? 0;
  const halfwords: number[] = [];
  for (let column = 0; column < columns; column++) {
    const codes = matrices.flatMap(({ rows, codes: all }) =>
      Array.from({ length: rows }, (_, row) => all[row * columns + column]),
    );
    const lists = CODES.flatMap((code) => {
      const rows = codes.flatMap((one, row) => (one === code ? [WORD * row] : []));
      return [rows.length, ...rows];
    });
    halfwords.push(lists.length, ...lists);
  }
  return Uint16Array.from(halfwords);
}

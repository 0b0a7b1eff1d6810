// SPDX-License-Identifier: Apache-2.0
/**
 * multiply() of runner.ts without the weights that are zero: four of five in a pruned network. A term is one of three
 * shifts of an input, added or subtracted, so a row is two lists of places in [u, u >> 1, u >> 2]. Sums of int32
 * modulo 2^32 do not depend on their order: the integers are those of multiply().
 */
import { CODE_ZERO } from '../../fixed/fixed.ts';
import type { Matrix } from '../../program/program.ts';

const SHIFTS = 3;
/** Terms that are added in one go; lists are filled up with places that hold 0. It takes a third less time than one by one. */
const UNROLLED = 4;

/** Computes acc[row] = bias[row] + sum of term(code, u[column]) for a matrix that does not change. */
export type Multiplier = (u: Int32Array, acc: Int32Array) => void;

export function multiplierOf({ rows, columns, codes, bias }: Matrix): Multiplier {
  const nothing = SHIFTS * columns;
  // Places of the terms, row by row: those that are added, then those that are subtracted.
  const ends = new Int32Array(2 * rows);
  const places: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (const sign of [0, 4]) {
      for (let column = 0; column < columns; column++) {
        const code = codes[row * columns + column] ?? CODE_ZERO;
        if (code !== CODE_ZERO && (code & 4) === sign) places.push((code & 3) * columns + column);
      }
      while (places.length % UNROLLED !== 0) places.push(nothing);
      ends[2 * row + (sign >> 2)] = places.length;
    }
  }
  const terms = Int32Array.from(places);
  const shifted = new Int32Array(nothing + 1);
  return (u, acc) => {
    for (let column = 0; column < columns; column++) {
      const x = u[column] ?? 0;
      shifted[column] = x;
      shifted[columns + column] = x >> 1;
      shifted[2 * columns + column] = x >> 2;
    }
    for (let row = 0, at = 0; row < rows; row++) {
      let sum = bias[row] ?? 0;
      for (const end = ends[2 * row] ?? 0; at < end; at += UNROLLED) {
        const a = shifted[terms[at] as number] as number;
        const b = shifted[terms[at + 1] as number] as number;
        const c = shifted[terms[at + 2] as number] as number;
        const d = shifted[terms[at + 3] as number] as number;
        sum = (sum + a + b + c + d) | 0; // exact until it is cut to 32 bits
      }
      for (const end = ends[2 * row + 1] ?? 0; at < end; at += UNROLLED) {
        const a = shifted[terms[at] as number] as number;
        const b = shifted[terms[at + 1] as number] as number;
        const c = shifted[terms[at + 2] as number] as number;
        const d = shifted[terms[at + 3] as number] as number;
        sum = (sum - a - b - c - d) | 0; // exact until it is cut to 32 bits
      }
      acc[row] = sum;
    }
  };
}

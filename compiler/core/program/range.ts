// SPDX-License-Identifier: Apache-2.0
/**
 * Worst cases of every accumulator, from the weights. Interval arithmetic over int32-sized integers in doubles: a
 * row has at most 65535 columns of at most 2^15 and a bias below 2^32, a clip at most 65535 steps, so that no sum
 * passes 2^48 and every one is exact.
 *
 * Every interval of an input holds 0, so every product's interval does. A sum over any part of the columns, in any
 * order, with the bias or without it, therefore stays between min(0, bias) + all lowest products and
 * max(0, bias) + all highest ones: where these two fit an int32, so does everything on the way.
 */
import { CODE_ZERO } from '../fixed/fixed.ts';
import type { Matrix, Readout } from './program.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Accumulators stay within ±INT32_LIMIT, so that they can be negated, too. */
export const INT32_LIMIT = 2147483647;

/** Features of a feature extractor are magnitudes; what feeds a network without one may be any Q15. */
export function featureRange(hasFrontend: boolean): Range {
  return { min: hasFrontend ? 0 : -32768, max: 32767 };
}

type MatrixShape = Pick<Matrix, 'rows' | 'columns' | 'codes'> & { readonly bias: ArrayLike<number> };

/** Range of each row's accumulator. inputs: one range per column, each holding 0. */
export function rowRanges({ rows, columns, codes, bias }: MatrixShape, inputs: readonly Range[]): Range[] {
  const lowest = Int32Array.from(inputs, ({ min }) => min);
  const highest = Int32Array.from(inputs, ({ max }) => max);
  return Array.from({ length: rows }, (_, row) => {
    let min = bias[row] ?? 0;
    let max = min;
    for (let column = 0; column < columns; column++) {
      const code = codes[row * columns + column] ?? CODE_ZERO;
      if (code === CODE_ZERO) continue;
      const low = (lowest[column] ?? 0) >> (code & 3);
      const high = (highest[column] ?? 0) >> (code & 3);
      min += code & 4 ? -high : low;
      max += code & 4 ? -low : high;
    }
    return { min, max };
  });
}

export interface Overflow {
  readonly unit: number;
  /** The value outside of ±INT32_LIMIT that could be reached. */
  readonly reach: number;
}

/** The first row whose accumulator, or a part of its sum, could leave int32; null where all fit. */
export function firstOverflow(ranges: readonly Range[], bias: ArrayLike<number>): Overflow | null {
  for (const [unit, { min, max }] of ranges.entries()) {
    const start = bias[unit] ?? 0;
    const reach = worst(Math.min(min, min - start), Math.max(max, max - start));
    if (reach !== null) return { unit, reach };
  }
  return null;
}

/** The first logit whose sum over the readout's steps could leave int32; null where all fit. */
export function firstSumOverflow(logits: readonly Range[], readout: Readout | null): Overflow | null {
  if (readout?.rule !== 'sum') return null;
  for (const [unit, { min, max }] of logits.entries()) {
    const reach = worst(min * readout.steps, max * readout.steps);
    if (reach !== null) return { unit, reach };
  }
  return null;
}

function worst(min: number, max: number): number | null {
  if (min < -INT32_LIMIT) return min;
  return max > INT32_LIMIT ? max : null;
}

/** `layer NAME, gate G, unit N` as in messages. */
export function placeOf(layer: string, gate: string, unit: number): string {
  return `layer ${layer}${gate === '' ? '' : `, gate ${gate}`}, unit ${unit}`;
}

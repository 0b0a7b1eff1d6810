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
import { CODE_ZERO, SOFTSIGN_MAX } from '../fixed/fixed.ts';
import type { Layer, Matrix, Program, Readout } from './program.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Accumulators stay within ±INT32_LIMIT, so that they can be negated, too. */
export const INT32_LIMIT = 2147483647;

/** Features of a front end are magnitudes; what feeds a network without one may be any Q15. */
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

/**
 * States of an eGRU layer. With 0 < z < 32768 the increment (z (g - h)) >> 15 lies between 0 and g - h: where g >= h
 * it is at least 0 and at most g - h; where g < h it is below 0 and, as a floor, at least g - h. So h' lies between
 * h and g, and h never leaves the hull of its start and the range of softsign.
 */
export function stateRanges(initialState: ArrayLike<number>): Range[] {
  return Array.from(initialState, (start) => ({
    min: Math.min(start, -SOFTSIGN_MAX),
    max: Math.max(start, SOFTSIGN_MAX),
  }));
}

/** Outputs of a dense layer with ReLU; the lower end is 0 so that the range holds 0. */
export function reluRanges(accumulators: readonly Range[]): Range[] {
  return accumulators.map(({ max }) => ({ min: 0, max: Math.min(Math.max(max, 0), 32767) }));
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

/** One matrix of a program with the ranges that its weights can reach. */
export interface MatrixRanges {
  readonly layer: number;
  readonly gate: 'z' | 'g' | '';
  readonly matrix: Matrix;
  readonly ranges: readonly Range[];
}

/** Follows the ranges through a program; the last element of `outputs` belongs to the logits. */
export function programRanges(program: Pick<Program, 'frontend' | 'layers'>): {
  matrices: MatrixRanges[];
  outputs: Range[][];
} {
  const matrices: MatrixRanges[] = [];
  const outputs: Range[][] = [];
  const feature = featureRange(program.frontend !== null);
  let inputs = Array.from({ length: program.layers[0]?.inputs ?? 0 }, () => feature);
  program.layers.forEach((layer: Layer, index) => {
    if (layer.type === 'egru') {
      const states = stateRanges(layer.initialState);
      const columns = [...inputs, ...states];
      matrices.push({ layer: index, gate: 'z', matrix: layer.z, ranges: rowRanges(layer.z, columns) });
      matrices.push({ layer: index, gate: 'g', matrix: layer.g, ranges: rowRanges(layer.g, columns) });
      inputs = states;
    } else {
      const ranges = rowRanges(layer.matrix, inputs);
      matrices.push({ layer: index, gate: '', matrix: layer.matrix, ranges });
      inputs = layer.activation === 'relu' ? reluRanges(ranges) : ranges;
    }
    outputs.push(inputs);
  });
  return { matrices, outputs };
}

/** `layer NAME, gate G, unit N` as messages say it. */
export function placeOf(layer: string, gate: string, unit: number): string {
  return `layer ${layer}${gate === '' ? '' : `, gate ${gate}`}, unit ${unit}`;
}

// SPDX-License-Identifier: Apache-2.0
/** A layer as the scheduler sees it: rows of all its matrices side by side, columns in pairs as the frame's words hold them. */
import { CODE_ZERO } from '../../../core/fixed/fixed.ts';
import { cellOf, matricesOf } from '../../../core/program/cells/index.ts';
import type { Layer } from '../../../core/program/program.ts';
import { NONE } from './paths.ts';

export interface Row {
  /** As matricesOf names it. */
  readonly gate: string;
  readonly unit: number;
  readonly bias: number;
}

/** Two columns in one word of the frame. Offsets are words from the first input; a column of -1 does not exist. */
export interface Pair {
  readonly word: number;
  readonly lower: number;
  readonly upper: number;
}

export interface LayerRows {
  readonly rows: readonly Row[];
  readonly pairs: readonly Pair[];
  /** Words of the frame that hold the inputs: x, then (recurrent cells) the previous state from an even halfword on. */
  readonly words: number;
  /**
   * By (2 * row + negated) * pairs + pair: the state (paths.ts) of the pair's lower and upper column that the row adds,
   * NONE for a weight that is zero. A negated row computes the negative of its accumulator.
   */
  readonly lowerNeeds: Uint8Array;
  readonly upperNeeds: Uint8Array;
  /** Number of weights that are not zero. */
  readonly nonZero: number;
}

export function layerRows(layer: Layer): LayerRows {
  const matrices = matricesOf(layer);
  const rows = matrices.flatMap(({ gate, matrix }) =>
    Array.from(matrix.bias, (bias, unit): Row => ({ gate, unit, bias })),
  );
  const xWords = Math.ceil(layer.inputs / 2);
  const states = cellOf(layer).recurrent ? layer.units : 0;
  const pairs = [...pairsOf(0, layer.inputs, 0), ...pairsOf(layer.inputs, states, xWords)];
  const lowerNeeds = new Uint8Array(2 * rows.length * pairs.length).fill(NONE);
  const upperNeeds = new Uint8Array(2 * rows.length * pairs.length).fill(NONE);
  let nonZero = 0;
  let row = 0;
  for (const { matrix } of matrices) {
    for (let r = 0; r < matrix.rows; r++, row++) {
      const codes = matrix.codes.subarray(r * matrix.columns, (r + 1) * matrix.columns);
      pairs.forEach(({ lower, upper }, p) => {
        for (const negated of [0, 1]) {
          const at = (2 * row + negated) * pairs.length + p;
          lowerNeeds[at] = needOf(codes[lower], negated);
          upperNeeds[at] = needOf(codes[upper], negated);
        }
      });
      nonZero += codes.filter((code) => code !== CODE_ZERO).length;
    }
  }
  return { rows, pairs, words: xWords + Math.ceil(states / 2), lowerNeeds, upperNeeds, nonZero };
}

/** The same rows with every column on its own: the lower one of a pair, whose word is its halfword in the frame. */
export function wideRows(layer: LayerRows): LayerRows {
  const columns = layer.pairs.flatMap(({ word, lower, upper }, pair) => [
    { pair, needs: layer.lowerNeeds, place: { word: 2 * word, lower, upper: -1 } },
    ...(upper < 0
      ? []
      : [{ pair, needs: layer.upperNeeds, place: { word: 2 * word + 1, lower: upper, upper: -1 } }]),
  ]);
  const lowerNeeds = new Uint8Array(2 * layer.rows.length * columns.length);
  for (let row = 0, at = 0; row < 2 * layer.rows.length; row++) {
    for (const { pair, needs } of columns) lowerNeeds[at++] = needs[row * layer.pairs.length + pair] ?? NONE;
  }
  const upperNeeds = new Uint8Array(lowerNeeds.length).fill(NONE);
  return { ...layer, pairs: columns.map(({ place }) => place), lowerNeeds, upperNeeds };
}

function pairsOf(first: number, count: number, word: number): Pair[] {
  return Array.from({ length: Math.ceil(count / 2) }, (_, i) => ({
    word: word + i,
    lower: first + 2 * i,
    upper: 2 * i + 1 < count ? first + 2 * i + 1 : -1,
  }));
}

function needOf(code: number | undefined, negated: number): number {
  if (code === undefined || code === CODE_ZERO) return NONE;
  return 2 * (code & 3) + ((code >> 2) ^ negated);
}

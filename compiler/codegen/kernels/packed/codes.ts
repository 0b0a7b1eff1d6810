// SPDX-License-Identifier: Apache-2.0
/** The packed weights that runtime-c/network/egru_packed_rows.c defines; docs/NUMERICS.md, "Packed weights". */
import { CODE_ZERO } from '../../../core/fixed/fixed.ts';
import { cellOf, matricesOf } from '../../../core/program/cells/index.ts';
import type { Layer } from '../../../core/program/program.ts';
import { ownScratchWords, ownTables } from './cells.ts';

/** Rows that stand together. */
export const ROWS = 4;
/** Columns of a group, and of the last one where no more are left. */
const WIDE = 8;
const NARROW = 4;
/** What a code word has for a weight of zero, and for what lies beyond the matrix. */
const NO_WEIGHT = 3;
/** Sums of four pairs of columns, 56 words each. */
export const TABLE_WORDS = 4 * 56;

export interface PackedGroup {
  readonly from: number;
  readonly to: number;
  readonly words: Uint32Array;
}

/** A matrix as the packed kernel reads it: groups of columns, behind one another. code: by row and column. */
export function packRows(
  rows: number,
  columns: number,
  code: (row: number, column: number) => number,
): PackedGroup[] {
  const groups: PackedGroup[] = [];
  for (let from = 0; from < columns; from += WIDE) {
    const wide = columns - from > NARROW;
    const to = Math.min(columns, from + WIDE);
    const quads = Math.ceil(rows / ROWS);
    const words = new Uint32Array(wide ? 3 * quads : Math.ceil((3 * quads) / 2));
    const pairs = (wide ? WIDE : NARROW) / 2;
    const at = (row: number, column: number) => {
      const value = row < rows && column < columns ? code(row, column) : CODE_ZERO;
      return value === CODE_ZERO ? NO_WEIGHT : value;
    };
    for (let row = 0; row < quads * ROWS; row++) {
      for (let pair = 0; pair < pairs; pair++) {
        const column = from + 2 * pair;
        const six = at(row, column) + 8 * at(row, column + 1);
        const index = (row % ROWS) * pairs + pair;
        const quad = Math.floor(row / ROWS);
        if (wide) putWide(words, 3 * quad, index, six);
        else putBits(words, 48 * quad + 6 * index, six);
      }
    }
    groups.push({ from, to, words });
  }
  return groups;
}

/** Five pairs in each of three words, the sixteenth in what they leave. */
function putWide(words: Uint32Array, first: number, index: number, six: number): void {
  if (index < 15) {
    putBits(words, 32 * (first + Math.floor(index / 5)) + 6 * (index % 5), six);
    return;
  }
  for (let third = 0; third < 3; third++) putBits(words, 32 * (first + third) + 30, (six >> (2 * third)) & 3);
}

/** ORs up to six bits in, from a bit on. */
function putBits(words: Uint32Array, bit: number, bits: number): void {
  const at = bit >> 5;
  words[at] = (words[at] ?? 0) | (bits << (bit & 31));
  if ((bit & 31) > 26) words[at + 1] = (words[at + 1] ?? 0) | (bits >>> (32 - (bit & 31)));
}

/** The columns that are multiplied in one go: a layer's inputs, then the outputs of the step before. */
export interface PackedPart {
  /** First column. */
  readonly from: number;
  readonly columns: number;
  readonly groups: readonly PackedGroup[];
}

export function packedParts(layer: Layer): PackedPart[] {
  const matrices = matricesOf(layer).map(({ matrix }) => matrix);
  const rows = rowsOf(layer);
  if (rows === 0) return [];
  const part = (from: number, columns: number): PackedPart => ({
    ...{ from, columns },
    groups: packRows(rows, columns, (row, column) => {
      const matrix = matrices[Math.floor(row / layer.units)];
      return matrix?.codes[(row % layer.units) * matrix.columns + from + column] ?? CODE_ZERO;
    }),
  });
  const inputs = part(0, layer.inputs);
  return cellOf(layer).recurrent ? [inputs, part(layer.inputs, layer.units)] : [inputs];
}

/** Bytes of the codes of a layer's rows. */
export function packedBytes(layer: Layer): number {
  return packedParts(layer)
    .flatMap(({ groups }) => groups)
    .reduce((sum, { words }) => sum + words.byteLength, 0);
}

/** All of its matrices' rows; none of a cell that multiplies by itself. */
export function rowsOf(layer: Layer): number {
  if (ownTables(layer) !== null) return 0;
  return matricesOf(layer).reduce((sum, { matrix }) => sum + matrix.rows, 0);
}

/** Words that the packed kernel needs behind the states: tables of sums, and the accumulators of the largest layer. */
export function packedScratchWords(layers: readonly Layer[]): number {
  // A layer without rows has its inputs there, and what its cell needs behind them.
  const words = layers.map(
    (layer) => Math.ceil((rowsOf(layer) || layer.inputs + ownScratchWords(layer)) / ROWS) * ROWS,
  );
  return TABLE_WORDS + Math.max(...words);
}

/** Weights of a layer, in bytes. */
export function codeBytes(layer: Layer): number {
  return ownTables(layer)?.weights.byteLength ?? packedBytes(layer);
}

/** Biases or constants of a layer with the thresholds behind them, in bytes. */
export function biasBytes(layer: Layer): number {
  const biases = matricesOf(layer).reduce((sum, { matrix }) => sum + matrix.rows, 0);
  const constants = ownTables(layer)?.constants.length ?? biases;
  return 4 * (constants + (cellOf(layer).thresholds?.(layer).length ?? 0));
}

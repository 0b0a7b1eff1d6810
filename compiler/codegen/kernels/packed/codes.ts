// SPDX-License-Identifier: Apache-2.0
import { CODE_ZERO } from '../../../core/fixed/fixed.ts';
import { cellOf, matricesOf } from '../../../core/program/cells/index.ts';
import type { Layer } from '../../../core/program/program.ts';
import { ownScratchWords, ownTables } from './cells.ts';

/** The packed kernel's tile; see runtime-c/network/egru_packed.c and docs/NUMERICS.md, "Packed weights". */
export const TILE = 4;
const TILE_HALFWORDS = 3;
/** Sums of two pairs of columns, 64 words each. */
const TABLE_WORDS = 128;

/** A layer's codes as the packed kernel reads them. */
export interface PackedCodes {
  readonly rowGroups: number;
  readonly columnGroups: number;
  /** Three halfwords per tile, tiles column group by column group. */
  readonly halfwords: Uint16Array;
}

/** Tiles of 4 x 4 codes, 48 bits each: code of row r and column c at bit 12 r + 3 c; beyond the matrix code 7. */
export function packCodes(layer: Layer): PackedCodes {
  const matrices = matricesOf(layer).map(({ matrix }) => matrix);
  const columns = matrices[0]?.columns ?? 0;
  const codes = Uint8Array.from(matrices.flatMap((matrix) => Array.from(matrix.codes)));
  const rows = matrices.reduce((sum, matrix) => sum + matrix.rows, 0);
  const rowGroups = Math.ceil(rows / TILE);
  const columnGroups = Math.ceil(columns / TILE);
  const halfwords = new Uint16Array(TILE_HALFWORDS * rowGroups * columnGroups);
  for (let row = 0; row < rowGroups * TILE; row++) {
    for (let column = 0; column < columnGroups * TILE; column++) {
      const code = row < rows && column < columns ? (codes[row * columns + column] ?? CODE_ZERO) : CODE_ZERO;
      const tile = Math.floor(column / TILE) * rowGroups + Math.floor(row / TILE);
      const bit = 12 * (row % TILE) + 3 * (column % TILE);
      const at = TILE_HALFWORDS * tile + (bit >> 4);
      const shifted = code << (bit & 15); // at most 18 bits: what leaves the halfword begins the next one
      halfwords[at] = (halfwords[at] ?? 0) | shifted;
      if (shifted > 0xffff) halfwords[at + 1] = (halfwords[at + 1] ?? 0) | (shifted >> 16);
    }
  }
  return { rowGroups, columnGroups, halfwords };
}

/** Words that the packed kernel needs behind the states: two tables, and the accumulators of the largest layer. */
export function packedScratchWords(layers: readonly Layer[]): number {
  const rows = layers.map((layer) => {
    const matrices = matricesOf(layer);
    // A layer without matrices has its inputs there.
    if (matrices.length === 0 || ownTables(layer) !== null) return layer.inputs + ownScratchWords(layer);
    return matrices.reduce((sum, { matrix }) => sum + matrix.rows, 0);
  });
  return TABLE_WORDS + Math.max(...rows.map((n) => Math.ceil(n / TILE) * TILE));
}

/** Weights of a layer, in bytes. */
export function codeBytes(layer: Layer): number {
  return ownTables(layer)?.weights.byteLength ?? packCodes(layer).halfwords.byteLength;
}

/** Biases or constants of a layer with the thresholds behind them, in bytes. */
export function biasBytes(layer: Layer): number {
  const biases = matricesOf(layer).reduce((sum, { matrix }) => sum + matrix.rows, 0);
  const constants = ownTables(layer)?.constants.length ?? biases;
  return 4 * (constants + (cellOf(layer).thresholds?.(layer).length ?? 0));
}

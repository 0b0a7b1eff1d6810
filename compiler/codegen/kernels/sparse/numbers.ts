// SPDX-License-Identifier: Apache-2.0
/** Rows as numbers from cell to cell; runtime-c/network/egru_sparse.c defines them. */
import { NONE } from '../unrolled/paths.ts';
import type { LayerRows } from '../unrolled/rows.ts';

/** Cells of four inputs, the last two of them zero; of a pair; of its values in one sign. */
const FOUR = 26;
const PAIR = 12;
const SIGN = 6;
/** The farthest that a number reaches. */
const REACH = 255;

/** How a word's numbers are read: `single` moves on with each of them, `pairs` with every other one. */
export type Reading = 'pairs' | 'single';

export interface SparseRow {
  /** What its sum starts from. */
  readonly start: number;
  /** Four numbers each. */
  readonly words: Uint32Array;
}

/** Groups of four inputs that a layer's frame has, the last one perhaps half. */
export function fours({ words }: LayerRows): number {
  return Math.ceil(words / 2);
}

export function cellCount(layer: LayerRows): number {
  return FOUR * fours(layer);
}

export function sparseRow(layer: LayerRows, row: number, reading: Reading): SparseRow {
  const { cells, negative } = cellsOf(layer, row);
  const numbers = (reading === 'pairs' ? inPairs : oneByOne)(cells, cellCount(layer));
  const words = Uint32Array.from({ length: numbers.length / 4 }, (_, i) =>
    [0, 1, 2, 3].reduce((word, byte) => (word | ((numbers[4 * i + byte] ?? 0) << (8 * byte))) >>> 0, 0),
  );
  return { start: ((layer.rows[row]?.bias ?? 0) + negative) | 0, words };
}

/** The cells that a row adds, in ascending order, and how many of them are complements. */
function cellsOf(layer: LayerRows, row: number): { cells: number[]; negative: number } {
  const cells: number[] = [];
  let negative = 0;
  layer.pairs.forEach(({ word }, p) => {
    const at = 2 * row * layer.pairs.length + p;
    const base = FOUR * (word >> 1) + PAIR * (word & 1);
    [layer.lowerNeeds[at] ?? NONE, layer.upperNeeds[at] ?? NONE].forEach((need, half) => {
      if (need === NONE) return;
      cells.push(base + SIGN * (need & 1) + 2 * (need >> 1) + half);
      negative += need & 1;
    });
  });
  return { cells: cells.sort((a, b) => a - b), negative };
}

/** The farthest zero cell in reach. */
function zeroFrom(place: number, count: number): number {
  const four = Math.min(count / FOUR - 1, Math.floor((place + REACH - (FOUR - 1)) / FOUR));
  return FOUR * four + FOUR - 1;
}

function inPairs(cells: readonly number[], count: number): number[] {
  const numbers: number[] = [];
  let place = 0;
  const visit = (first: number, second: number) => {
    numbers.push(first - place, second - place);
    place = second;
  };
  for (let i = 0; i < cells.length; ) {
    const zero = zeroFrom(place, count);
    const [first = Infinity, second = Infinity] = [cells[i], cells[i + 1]];
    if (second - place <= REACH) {
      visit(first, second);
      i += 2;
    } else if (first - place > REACH) {
      visit(zero, zero);
    } else {
      if (zero >= first) visit(first, zero);
      else visit(zero, first);
      i++;
    }
  }
  while (numbers.length % 4 !== 0) visit(zeroFrom(place, count), zeroFrom(place, count));
  return numbers;
}

function oneByOne(cells: readonly number[], count: number): number[] {
  const numbers: number[] = [];
  let place = 0;
  const visit = (cell: number) => {
    numbers.push(cell - place);
    place = cell;
  };
  for (let i = 0; i < cells.length; ) {
    const cell = cells[i] ?? 0;
    if (cell - place <= REACH) {
      visit(cell);
      i++;
    } else {
      visit(zeroFrom(place, count));
    }
  }
  while (numbers.length % 4 !== 0) visit(zeroFrom(place, count));
  return numbers;
}

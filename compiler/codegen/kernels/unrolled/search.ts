// SPDX-License-Identifier: Apache-2.0
/**
 * Which rows share a block, which of them sit in low registers, and which are computed negated: simulated annealing on
 * the cost model, with a fixed seed and a fixed number of moves, so that a model always gives the same code.
 */
import { BlockCost, LOW_SLOTS, SLOTS, VACANT } from './block-cost.ts';
import { type Paths, paths } from './paths.ts';
import type { LayerRows } from './rows.ts';

export interface Assignment {
  /** SLOTS entries per block: 2 * row + negated, or VACANT. Slots 0 .. LOW_SLOTS - 1 are low registers. */
  readonly slots: Int32Array;
  readonly blocks: number;
}

/** Cycles that a row costs beyond its weights: its store, from a high register through a low one, negated or not. */
const HIGH_ROW = 1;
const NEGATED_ROW = 1;
/** Temperatures in cycles, first and last. */
const HOT = 5;
const COLD = 0.3;

/** Moves between two reports of progress: some tens of milliseconds. */
const REPORT = 1 << 12;

/**
 * @param effort pair evaluations to spend (about 0.3 microseconds each)
 * @param onMoves called now and then with the share of the moves that is made
 * @param spare a slot of every block that no row is in
 * @param tables what makes values of the layer's columns
 */
export function assignRows(
  layer: LayerRows,
  effort: number,
  onMoves: (share: number) => void = () => {},
  spare: number | null = null,
  tables: Paths = paths(),
): Assignment {
  const rows = layer.rows.length;
  const blocks = Math.ceil(rows / (spare === null ? SLOTS : SLOTS - 1));
  const cost = new BlockCost(layer, tables);
  const slots = initialSlots(rows, blocks, spare);
  const costs = new Float64Array(blocks);
  const pairs = layer.pairs.length;
  // A pair of columns costs at most 2 + 2 * SLOTS and some instructions.
  const known = Array.from({ length: blocks }, () => new Uint8Array(pairs));
  const [freshA, freshB] = [new Uint8Array(pairs), new Uint8Array(pairs)];
  known.forEach((own, block) => {
    for (let pair = 0; pair < pairs; pair++) own[pair] = cost.pairCost(slots, block * SLOTS, pair);
    costs[block] = own.reduce((sum, one) => sum + one, rowsCost(slots, block));
  });
  const moves = Math.floor(effort / (2 * Math.max(1, pairs)));
  const random = xorshift(0x9e3779b9);
  const best = slots.slice();
  let current = costs.reduce((a, b) => a + b, 0);
  let least = current;
  for (let move = 0; move < moves; move++) {
    if (move % REPORT === 0) onMoves(move / moves);
    const temperature = HOT * (COLD / HOT) ** (move / moves);
    const a = random(slots.length);
    const from = slots[a] ?? VACANT;
    if (from === VACANT) continue;
    const flip = random(4) === 0;
    const b = flip ? a : random(slots.length);
    const other = slots[b] ?? VACANT;
    const blockA = Math.floor(a / SLOTS);
    const blockB = Math.floor(b / SLOTS);
    if (b % SLOTS === spare) continue;
    if (!flip && (a === b || (blockA === blockB && isLow(a) === isLow(b)))) continue;
    if (flip) {
      slots[a] = from ^ 1;
    } else {
      slots[a] = other;
      slots[b] = from;
    }
    const ownA = known[blockA] as Uint8Array;
    const ownB = known[blockB] as Uint8Array;
    const after = flip ? from ^ 1 : other;
    const newA =
      rowsCost(slots, blockA) + cost.changedCost(slots, blockA * SLOTS, [from, after], ownA, freshA);
    const newB =
      blockB === blockA
        ? newA
        : rowsCost(slots, blockB) + cost.changedCost(slots, blockB * SLOTS, [after, from], ownB, freshB);
    const before = (costs[blockA] ?? 0) + (blockB === blockA ? 0 : (costs[blockB] ?? 0));
    const change = newA + (blockB === blockA ? 0 : newB) - before;
    if (change <= 0 || random(1 << 30) / (1 << 30) < Math.exp(-change / temperature)) {
      costs[blockA] = newA;
      costs[blockB] = newB;
      ownA.set(freshA);
      if (blockB !== blockA) ownB.set(freshB);
      current += change;
      if (current < least) {
        least = current;
        best.set(slots);
      }
    } else {
      slots[a] = from;
      slots[b] = other;
    }
  }
  return { slots: best, blocks };
}

/** Rows in their order, evenly over the blocks, low registers first. */
function initialSlots(rows: number, blocks: number, spare: number | null): Int32Array {
  const slots = new Int32Array(blocks * SLOTS).fill(VACANT);
  let row = 0;
  for (let block = 0; block < blocks; block++) {
    const end = Math.round(((block + 1) * rows) / blocks);
    for (let slot = 0; row < end; slot++) if (slot !== spare) slots[block * SLOTS + slot] = 2 * row++;
  }
  return slots;
}

function isLow(slot: number): boolean {
  return slot % SLOTS < LOW_SLOTS;
}

/** What rows cost beyond their weights. */
function rowsCost(slots: Int32Array, block: number): number {
  const base = block * SLOTS;
  let sum = 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    const row = slots[base + slot] ?? VACANT;
    if (row === VACANT) continue;
    sum += (slot < LOW_SLOTS ? 0 : HIGH_ROW) + (row & 1) * NEGATED_ROW;
  }
  return sum;
}

/** Marsaglia's xorshift32; integers 0 .. n - 1. */
function xorshift(seed: number): (n: number) => number {
  let x = seed | 0;
  return (n) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return Math.floor(((x >>> 0) / 4294967296) * n);
  };
}

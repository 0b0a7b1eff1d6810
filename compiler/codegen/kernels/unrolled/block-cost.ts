// SPDX-License-Identifier: Apache-2.0
/**
 * Cycles of a block of rows: the objective of the search, and the choice that the planner then writes down.
 *
 * Rows in low registers add and subtract, so they need a column's level in either sign; rows in high registers only
 * add, so they need the exact state. A row that needs both columns of a pair may be served by their sum or difference
 * (paths.ts): one addition instead of two.
 */
import { NONE, type Paths, paths, STATES } from './paths.ts';
import type { LayerRows } from './rows.ts';

/** Registers for accumulators: r0..r5, and r8..r12 with lr. */
export const LOW_SLOTS = 6;
export const HIGH_SLOTS = 6;
export const SLOTS = LOW_SLOTS + HIGH_SLOTS;
/** A slot without a row. Otherwise a slot holds 2 * row + negated. */
export const VACANT = -1;

/** How the two columns of a pair are combined: the states that a row adds together, as the planner reads them. */
export interface Combination {
  /** States of upper and lower input whose sum the rows add. */
  readonly upper: number;
  readonly lower: number;
  /** The states of X and Y that give it: X + Y, X - Y or Y - X. */
  readonly operation: 'X + Y' | 'X - Y' | 'Y - X';
  readonly x: number;
  readonly y: number;
}

const OPERATIONS = ['X + Y', 'X - Y', 'Y - X'] as const;
/** What a row needs of a pair as one number: upper state | lower state << 3. */
const NEEDS = 64;
const NO_NEED = NONE | (NONE << 3);
/** By such a number: additions, and the key of a combination that would serve it, -1 where one of the columns is enough. */
const ADDITIONS = new Uint8Array(NEEDS);
const KEYS = new Int8Array(NEEDS).fill(-1);
/**
 * By such a number, for a row in a low and in a high register: what paths must visit, the index of the upper path's costs
 * (8 * states + levels) and, from bit 9 on, that of the lower one's.
 */
const LOW_DEMANDS = new Uint32Array(NEEDS);
const HIGH_DEMANDS = new Uint32Array(NEEDS);
const LOWER_BIT = 9;
for (let u = 0; u <= NONE; u++) {
  for (let l = 0; l <= NONE; l++) {
    const need = u | (l << 3);
    ADDITIONS[need] = (u === NONE ? 0 : 1) + (l === NONE ? 0 : 1);
    if (u !== NONE && l !== NONE) KEYS[need] = u * STATES + l;
    const level = (state: number) => (state === NONE ? 0 : 1 << (state >> 1));
    const exact = (state: number) => (state === NONE ? 0 : 8 << state);
    LOW_DEMANDS[need] = level(u) | (level(l) << LOWER_BIT);
    HIGH_DEMANDS[need] = exact(u) | (exact(l) << LOWER_BIT);
  }
}
const UPPER_MASK = (1 << LOWER_BIT) - 1;

export class BlockCost {
  readonly #pairs: number;
  /** By row (2 * row + negated) and pair. */
  readonly #needs: Uint8Array;
  readonly #upperCost: Uint8Array;
  readonly #lowerCost: Uint8Array;
  readonly #load: number;
  readonly #upperTo: readonly Uint8Array[];
  readonly #lowerWith: readonly Uint8Array[];
  /** Rows that a combination could serve, by 6 * upper + lower: exact for high rows, both overall signs for low ones. */
  readonly #count = new Uint8Array(STATES * STATES);
  readonly #touched = new Uint8Array(2 * SLOTS);
  /** The needs of the pair that is looked at, by slot. */
  readonly #own = new Uint8Array(SLOTS);
  /** The combination behind the last result of pairCost: 6 * upper + lower, or -1. */
  #chosen = -1;
  #operation = 0;

  constructor(layer: LayerRows, tables: Paths = paths()) {
    this.#pairs = layer.pairs.length;
    const { upperNeeds, lowerNeeds } = layer;
    this.#needs = new Uint8Array(upperNeeds.length);
    for (let at = 0; at < upperNeeds.length; at++) {
      this.#needs[at] = (upperNeeds[at] as number) | ((lowerNeeds[at] as number) << 3);
    }
    this.#upperCost = tables.upper.costs;
    this.#lowerCost = tables.lower.costs;
    this.#load = tables.load;
    this.#upperTo = tables.upperTo.map(({ costs }) => costs);
    this.#lowerWith = tables.lowerWith.map(({ costs }) => costs);
  }

  /** Cycles of all pairs of columns for the rows in slots base .. base + SLOTS - 1. */
  blockCost(slots: Int32Array, base: number): number {
    let sum = 0;
    for (let pair = 0; pair < this.#pairs; pair++) sum += this.pairCost(slots, base, pair);
    return sum;
  }

  /** The same, where rows have just changed places. known: cost of each pair; fresh takes it, computed where it is new. */
  changedCost(
    slots: Int32Array,
    base: number,
    [before, after]: readonly [number, number],
    known: Uint8Array,
    fresh: Uint8Array,
  ): number {
    const needs = this.#needs;
    const pairs = this.#pairs;
    const from = before * pairs;
    const to = after * pairs;
    let sum = 0;
    for (let pair = 0; pair < pairs; pair++) {
      const needed = before < 0 ? NO_NEED : (needs[from + pair] as number);
      const need = after < 0 ? NO_NEED : (needs[to + pair] as number);
      const cost = needed === need ? (known[pair] as number) : this.pairCost(slots, base, pair);
      fresh[pair] = cost;
      sum += cost;
    }
    return sum;
  }

  /** The combination that pairCost found best for a pair, or null. */
  combination(slots: Int32Array, base: number, pair: number): Combination | null {
    this.pairCost(slots, base, pair);
    if (this.#chosen < 0) return null;
    const upper = Math.floor(this.#chosen / STATES);
    const lower = this.#chosen % STATES;
    const operation = OPERATIONS[this.#operation] ?? 'X + Y';
    return {
      upper,
      lower,
      operation,
      x: operation === 'Y - X' ? upper ^ 1 : upper,
      y: operation === 'X - Y' ? lower ^ 1 : lower,
    };
  }

  /** Cycles of one pair of columns: load, path, additions. */
  pairCost(slots: Int32Array, base: number, pair: number): number {
    const count = this.#count;
    const touched = this.#touched;
    const needs = this.#needs;
    const own = this.#own;
    const pairs = this.#pairs;
    let touches = 0;
    let additions = 0;
    let repeated = false;
    let demands = 0;
    for (let slot = 0; slot < LOW_SLOTS; slot++) {
      const row = slots[base + slot] as number;
      const need = row < 0 ? NO_NEED : (needs[row * pairs + pair] as number);
      own[slot] = need;
      if (need === NO_NEED) continue;
      additions += ADDITIONS[need] as number;
      demands |= LOW_DEMANDS[need] as number;
      const key = KEYS[need] as number;
      if (key < 0) continue;
      const opposite = KEYS[need ^ 0b1001] as number; // both signs
      if ((count[key] = (count[key] as number) + 1) > 1) repeated = true;
      else touched[touches++] = key;
      if ((count[opposite] = (count[opposite] as number) + 1) === 1) touched[touches++] = opposite;
    }
    for (let slot = LOW_SLOTS; slot < SLOTS; slot++) {
      const row = slots[base + slot] as number;
      const need = row < 0 ? NO_NEED : (needs[row * pairs + pair] as number);
      own[slot] = need;
      if (need === NO_NEED) continue;
      additions += ADDITIONS[need] as number;
      demands |= HIGH_DEMANDS[need] as number;
      const key = KEYS[need] as number;
      if (key < 0) continue;
      if ((count[key] = (count[key] as number) + 1) > 1) repeated = true;
      else touched[touches++] = key;
    }
    this.#chosen = -1;
    if (additions === 0) return 0;
    let best =
      (this.#upperCost[demands & UPPER_MASK] as number) + (this.#lowerCost[demands >> LOWER_BIT] as number);
    for (let i = 0; i < touches; i++) {
      const key = touched[i] as number;
      const served = count[key] as number;
      count[key] = 0;
      if (!repeated || served < 2) continue;
      const cost = this.#combined(key, best + served);
      if (cost - served < best) {
        best = cost - served;
        this.#chosen = key;
        this.#operation = this.#last;
      }
    }
    return this.#load + additions + best;
  }

  #last = 0;

  /** Instructions of the paths with the combination `key`; anything from `limit` on where they are not fewer. */
  #combined(key: number, limit: number): number {
    const own = this.#own;
    const upper = (key / STATES) | 0;
    const lower = key - upper * STATES;
    const served = upper | (lower << 3);
    const opposite = served ^ 0b1001;
    let demands = 0;
    for (let slot = 0; slot < LOW_SLOTS; slot++) {
      const need = own[slot] as number;
      if (need !== served && need !== opposite) demands |= LOW_DEMANDS[need] as number;
    }
    for (let slot = LOW_SLOTS; slot < SLOTS; slot++) {
      const need = own[slot] as number;
      if (need !== served) demands |= HIGH_DEMANDS[need] as number;
    }
    const u = demands & UPPER_MASK;
    const l = demands >> LOWER_BIT;
    let best = limit;
    for (let operation = 0; operation < 3; operation++) {
      const x = operation === 2 ? upper ^ 1 : upper;
      const y = operation === 1 ? lower ^ 1 : lower;
      const cost =
        ((this.#upperTo[x] as Uint8Array)[u] as number) + ((this.#lowerWith[y] as Uint8Array)[l] as number);
      if (cost < best) {
        best = cost;
        this.#last = operation;
      }
    }
    return best;
  }
}

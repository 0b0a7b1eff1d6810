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
/** Cycles of loading a word from the frame. */
const LOAD = 2;

export class BlockCost {
  readonly #pairs: number;
  readonly #lower: Uint8Array;
  readonly #upper: Uint8Array;
  readonly #upperCost: Uint8Array;
  readonly #lowerCost: Uint8Array;
  readonly #upperTo: readonly Uint8Array[];
  readonly #lowerWith: readonly Uint8Array[];
  /** Rows that a combination could serve, by 6 * upper + lower: exact for high rows, both overall signs for low ones. */
  readonly #count = new Uint8Array(STATES * STATES);
  readonly #touched = new Uint8Array(2 * SLOTS);
  /** The combination behind the last result of pairCost: 6 * upper + lower, or -1. */
  #chosen = -1;
  #operation = 0;

  constructor(layer: LayerRows, tables: Paths = paths()) {
    this.#pairs = layer.pairs.length;
    this.#lower = layer.lowerNeeds;
    this.#upper = layer.upperNeeds;
    this.#upperCost = tables.upper.costs;
    this.#lowerCost = tables.lower.costs;
    this.#upperTo = tables.upperTo.map(({ costs }) => costs);
    this.#lowerWith = tables.lowerWith.map(({ costs }) => costs);
  }

  /** Cycles of all pairs of columns for the rows in slots base .. base + SLOTS - 1. */
  blockCost(slots: Int32Array, base: number): number {
    let sum = 0;
    for (let pair = 0; pair < this.#pairs; pair++) sum += this.pairCost(slots, base, pair);
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
    const lowers = this.#lower;
    const uppers = this.#upper;
    const pairs = this.#pairs;
    let touches = 0;
    let additions = 0;
    let repeated = false;
    let upperStates = 0;
    let upperLevels = 0;
    let lowerStates = 0;
    let lowerLevels = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const row = slots[base + slot] as number;
      if (row < 0) continue;
      const u = uppers[row * pairs + pair] as number;
      const l = lowers[row * pairs + pair] as number;
      const low = slot < LOW_SLOTS;
      if (u !== NONE) {
        additions++;
        if (low) upperLevels |= 1 << (u >> 1);
        else upperStates |= 1 << u;
      }
      if (l !== NONE) {
        additions++;
        if (low) lowerLevels |= 1 << (l >> 1);
        else lowerStates |= 1 << l;
        if (u !== NONE) {
          const key = u * STATES + l;
          if ((count[key] = (count[key] as number) + 1) > 1) repeated = true;
          touched[touches++] = key;
          if (low) {
            const opposite = (u ^ 1) * STATES + (l ^ 1);
            if ((count[opposite] = (count[opposite] as number) + 1) > 1) repeated = true;
            touched[touches++] = opposite;
          }
        }
      }
    }
    this.#chosen = -1;
    if (additions === 0) return 0;
    const plain =
      (this.#upperCost[upperStates * 8 + upperLevels] as number) +
      (this.#lowerCost[lowerStates * 8 + lowerLevels] as number);
    let best = plain;
    for (let i = 0; i < touches; i++) {
      const key = touched[i] as number;
      const served = count[key] as number;
      count[key] = 0;
      if (!repeated || served < 2) continue;
      const cost = this.#combined(slots, base, pair, key, best + served);
      if (cost - served < best) {
        best = cost - served;
        this.#chosen = key;
        this.#operation = this.#last;
      }
    }
    return LOAD + additions + best;
  }

  #last = 0;

  /** Instructions of the paths with the combination `key`; anything from `limit` on where they are not fewer. */
  #combined(slots: Int32Array, base: number, pair: number, key: number, limit: number): number {
    const pairs = this.#pairs;
    const upper = (key / STATES) | 0;
    const lower = key - upper * STATES;
    let upperStates = 0;
    let upperLevels = 0;
    let lowerStates = 0;
    let lowerLevels = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const row = slots[base + slot] as number;
      if (row < 0) continue;
      const u = this.#upper[row * pairs + pair] as number;
      const l = this.#lower[row * pairs + pair] as number;
      if (slot < LOW_SLOTS) {
        if ((u === upper && l === lower) || (u === (upper ^ 1) && l === (lower ^ 1))) continue;
        if (u !== NONE) upperLevels |= 1 << (u >> 1);
        if (l !== NONE) lowerLevels |= 1 << (l >> 1);
      } else {
        if (u === upper && l === lower) continue;
        if (u !== NONE) upperStates |= 1 << u;
        if (l !== NONE) lowerStates |= 1 << l;
      }
    }
    const u = upperStates * 8 + upperLevels;
    const l = lowerStates * 8 + lowerLevels;
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

// SPDX-License-Identifier: Apache-2.0
/** The schedule of a layer, instruction by instruction but without syntax: what assembly and generic C are written from. */
import { BlockCost, type Combination, LOW_SLOTS, SLOTS, VACANT } from './block-cost.ts';
import { widePaths } from './inputs/wide-paths.ts';
import { NONE, opCycles, type PathStep, type Paths, paths, type Register } from './paths.ts';
import type { LayerRows, Pair, Row } from './rows.ts';
import type { Assignment } from './search.ts';
import { partsOf } from './start-values.ts';

export interface PlannedRow {
  readonly row: Row;
  /** Computed as its negative, and negated again when it is stored. */
  readonly negated: boolean;
  readonly slot: number;
  /** What its accumulator starts from: the bias, negated where the row is, and what complements owe it. */
  readonly constant: number;
}

/** Adds (or subtracts) what a step made to the accumulators in these slots. */
export interface Addition {
  readonly slot: number;
  readonly subtract: boolean;
}

/** One instruction on X and Y, and the additions of its result. */
export type Step = {
  readonly to: Register;
  readonly additions: readonly Addition[];
} & (
  | { readonly kind: 'path'; readonly step: PathStep; readonly column: number }
  | { readonly kind: 'combination'; readonly combination: Combination }
);

export interface PlannedPair {
  readonly pair: Pair;
  readonly steps: readonly Step[];
}

export interface Block {
  readonly rows: readonly PlannedRow[];
  /** Pairs that some row uses. */
  readonly pairs: readonly PlannedPair[];
  /** Whether columns' levels lie in words of their own (wide-paths.ts): then a pair is one column. */
  readonly wide: boolean;
}

/**
 * A complement saves instructions on its way and costs each row that it is added to one in the end: blocks with few
 * columns are better off without.
 * @param complements which are tried: with complements, without
 * @param wide whether the layer's rows are wideRows
 */
export function planBlocks(
  layer: LayerRows,
  { slots, blocks }: Assignment,
  complements: readonly boolean[] = [true, false],
  wide = false,
): Block[] {
  const variants = complements
    .map((allowed) => (wide ? widePaths(allowed) : paths(allowed)))
    .map((tables) => ({
      tables,
      cost: new BlockCost(layer, tables),
    }));
  return Array.from({ length: blocks }, (_, block) => {
    const plans = variants.map(({ tables, cost }) =>
      new BlockPlanner(layer, tables, cost, slots, block * SLOTS).plan(wide),
    );
    return plans.reduce((best, one) => (cyclesOf(one) < cyclesOf(best) ? one : best));
  }).filter(({ rows }) => rows.length > 0);
}

/** Cycles of a block but for those that all plans share. */
function cyclesOf({ rows, pairs }: Block): number {
  const steps = pairs.flatMap((pair) => pair.steps);
  const settled = rows.filter(({ constant }) => partsOf(constant).rest !== 0);
  const cycles = (step: Step) => (step.kind === 'path' ? opCycles(step.step.op) : 1) + step.additions.length;
  return steps.reduce((sum, step) => sum + cycles(step), 0) + settled.length;
}

class BlockPlanner {
  readonly #layer: LayerRows;
  readonly #tables: Paths;
  readonly #cost: BlockCost;
  readonly #slots: Int32Array;
  readonly #base: number;
  /** What complements add to each accumulator beyond the right value. */
  readonly #surplus = new Int32Array(SLOTS);

  constructor(layer: LayerRows, tables: Paths, cost: BlockCost, slots: Int32Array, base: number) {
    this.#layer = layer;
    this.#tables = tables;
    this.#cost = cost;
    this.#slots = slots;
    this.#base = base;
  }

  plan(wide: boolean): Block {
    const pairs = this.#layer.pairs.map((pair, p) => ({ pair, steps: this.#pair(pair, p) }));
    const rows: PlannedRow[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      const entry = this.#slots[this.#base + slot] ?? VACANT;
      const row = entry === VACANT ? undefined : this.#layer.rows[entry >> 1];
      if (row === undefined) continue;
      const negated = (entry & 1) === 1;
      const constant = ((negated ? -row.bias : row.bias) - (this.#surplus[slot] ?? 0)) | 0;
      rows.push({ row, negated, slot, constant });
    }
    return { rows, pairs: pairs.filter(({ steps }) => steps.length > 0), wide };
  }

  #pair(pair: Pair, p: number): Step[] {
    const combination = this.#cost.combination(this.#slots, this.#base, p);
    const upper = new Demand();
    const lower = new Demand();
    const served: Addition[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      const entry = this.#slots[this.#base + slot] ?? VACANT;
      if (entry === VACANT) continue;
      const at = entry * this.#layer.pairs.length + p;
      const u = this.#layer.upperNeeds[at] ?? NONE;
      const l = this.#layer.lowerNeeds[at] ?? NONE;
      const sign = combination === null ? 0 : served_(combination, slot, u, l);
      if (sign !== 0) {
        served.push({ slot, subtract: sign < 0 });
      } else {
        upper.add(slot, u);
        lower.add(slot, l);
      }
    }
    const tables = this.#tables;
    const upperTable = combination === null ? tables.upper : tables.upperTo[combination.x];
    const lowerTable = combination === null ? tables.lower : tables.lowerWith[combination.y];
    const upperSteps = upperTable?.path(upper.states, upper.levels) ?? [];
    const lowerSteps = lowerTable?.path(lower.states, lower.levels) ?? [];
    const steps = upper.assign(upperSteps, pair.upper, this.#surplus);
    const inX = upperSteps[upperSteps.length - 1]?.held.offset ?? 0;
    for (const step of lower.assign(lowerSteps, pair.lower, this.#surplus)) {
      if (step.kind === 'path' && step.step.op.kind === 'combine' && combination !== null) {
        const inY = step.step.held.offset;
        const { operation } = combination;
        const offset = operation === 'X + Y' ? inX + inY : operation === 'X - Y' ? inX - inY : inY - inX;
        for (const { slot, subtract } of served) {
          this.#surplus[slot] = (this.#surplus[slot] ?? 0) + (subtract ? -offset : offset);
        }
        steps.push({ kind: 'combination', to: 'X', additions: served, combination });
      } else {
        steps.push(step);
      }
    }
    return steps;
  }
}

/** Whether a combination serves a row: 1 added, -1 subtracted (low registers only), 0 not. */
function served_({ upper, lower }: Combination, slot: number, u: number, l: number): number {
  if (u === upper && l === lower) return 1;
  return slot < LOW_SLOTS && u === (upper ^ 1) && l === (lower ^ 1) ? -1 : 0;
}

/** What the rows of a block need of one column. */
class Demand {
  states = 0;
  levels = 0;
  readonly #needs: { readonly slot: number; readonly state: number }[] = [];

  add(slot: number, state: number): void {
    if (state === NONE) return;
    this.#needs.push({ slot, state });
    if (slot < LOW_SLOTS) this.levels |= 1 << (state >> 1);
    else this.states |= 1 << state;
  }

  /** The path with every need on the step that serves it: exact values before complements, the same sign first. */
  assign(path: readonly PathStep[], column: number, surplus: Int32Array): Step[] {
    const additions: Addition[][] = path.map(() => []);
    for (const { slot, state } of this.#needs) {
      const index = this.#serving(path, slot, state);
      const held = path[index]?.held;
      if (held === undefined) throw new Error('a path misses a value that a row needs');
      const subtract = held.state !== state;
      additions[index]?.push({ slot, subtract });
      surplus[slot] = (surplus[slot] ?? 0) + (subtract ? -held.offset : held.offset);
    }
    return path.map((step, i) => ({
      kind: 'path',
      to: 'to' in step.op ? step.op.to : step.op.kind === 'sxth' ? 'Y' : 'X',
      additions: additions[i] ?? [],
      step,
      column,
    }));
  }

  #serving(path: readonly PathStep[], slot: number, state: number): number {
    let found = -1;
    let least = Number.POSITIVE_INFINITY;
    path.forEach(({ op, held }, i) => {
      if (op.kind === 'combine') return;
      if (held.state !== state && (slot >= LOW_SLOTS || held.state !== (state ^ 1))) return;
      const preference = (held.offset === 0 ? 0 : 2) + (held.state === state ? 0 : 1);
      if (preference < least) {
        least = preference;
        found = i;
      }
    });
    return found;
  }
}

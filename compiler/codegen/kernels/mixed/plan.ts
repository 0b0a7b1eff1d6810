// SPDX-License-Identifier: Apache-2.0
/** A kernel for every block of rows: the one that costs the fewest cycles within the flash that there is. */
import type { Program } from '../../../core/program/program.ts';
import { stepFlash } from '../unrolled/kernel.ts';
import type { PlannedLayer } from '../unrolled/planned-layer.ts';
import { generateStep, planVariants } from '../unrolled/unrolled.ts';
import { Knapsack } from './knapsack.ts';
import { blockRows, layerModes, modes, tableMakers } from './parts.ts';

/** What can be had of a program: functions of the runtime that only tables call are paid for where they are used. */
interface Frontier {
  /** All rows unrolled: with fast cells, and with small ones, which everything that needs tables has. */
  readonly unrolled: readonly [readonly PlannedLayer[], readonly PlannedLayer[]];
  /** Blocks to choose from, with small cells: layerModes has the first one's modes before the second one's. */
  readonly variants: readonly (readonly PlannedLayer[])[];
  /** Bytes of the fastest step with small cells; of a step, what does not depend on choices; cycles likewise. */
  readonly flash: number;
  readonly fixedFlash: number;
  readonly fixedCycles: number;
  /** For each set of tables that may be used: bytes of their functions, the choices, and how many modes a variant has. */
  readonly sets: readonly TableSet[];
}

interface TableSet {
  readonly functions: number;
  readonly knapsack: Knapsack;
  readonly modes: number;
}

const frontiers = new WeakMap<Program['layers'], Frontier>();
const plans = new WeakMap<Program['layers'], Map<number, readonly PlannedLayer[]>>();

/**
 * @param budget bytes of step, tables and functions
 * @returns the plan; where nothing is small enough, the smallest
 */
export function planMixed(program: Program, budget: number): readonly PlannedLayer[] {
  const known = plans.get(program.layers) ?? new Map<number, readonly PlannedLayer[]>();
  plans.set(program.layers, known);
  const planned = known.get(budget) ?? choose(program, budget);
  known.set(budget, planned);
  return planned;
}

function choose(program: Program, budget: number): readonly PlannedLayer[] {
  const frontier = frontierOf(program);
  const fits = frontier.unrolled.find((planned) => stepFlash(program, planned) <= budget);
  if (fits !== undefined) return fits;
  // Costs of tables are shares: what they come to is known once they are made.
  let allowed = budget;
  let smallest: readonly PlannedLayer[] | null = null;
  for (;;) {
    const planned = withinBudget(frontier, allowed);
    if (planned === null) return smallest ?? least(program, frontier);
    const excess = stepFlash(program, planned) - budget;
    if (excess <= 0) return planned;
    smallest = planned;
    allowed -= excess;
  }
}

/** Bytes of the plan that takes at most so many cycles with the fewest bytes; null where none does. */
export function budgetFor(program: Program, cycles: number): number | null {
  const frontier = frontierOf(program);
  let allowed = cycles;
  for (let round = 0; round < ROUNDS; round++) {
    const budgets = frontier.sets
      .map(({ functions, knapsack }) => {
        const bytes = knapsack.bytes(allowed - frontier.fixedCycles);
        return bytes === null ? null : bytes + functions + frontier.fixedFlash;
      })
      .filter((bytes) => bytes !== null);
    const unrolled = frontier.unrolled.filter((planned) => generateStep(program, planned).max <= cycles);
    const all = [...budgets, ...unrolled.map((planned) => stepFlash(program, planned))];
    if (all.length === 0) return null;
    const budget = Math.min(...all);
    const excess = generateStep(program, planMixed(program, budget)).max - cycles;
    if (excess <= 0) return stepFlash(program, planMixed(program, budget));
    allowed -= excess;
  }
  return null;
}
const ROUNDS = 8;

/** Budgets from the smallest plan to all rows unrolled, but with the cells' small tables, for a table. */
export function budgets(program: Program, count: number): number[] {
  const { flash, unrolled } = frontierOf(program);
  const smallest = stepFlash(program, planMixed(program, 0));
  const whole = stepFlash(program, unrolled[0]) > flash ? [flash] : [];
  const steps = smallest >= flash ? 0 : count - whole.length;
  const at = (i: number) => Math.round(smallest + ((flash - smallest) * i) / steps);
  return [...Array.from({ length: steps }, (_, i) => at(i)), ...whole];
}

function least(program: Program, frontier: Frontier): readonly PlannedLayer[] {
  const candidates = frontier.sets.flatMap((set) => {
    const bytes = set.knapsack.bytes(Number.MAX_VALUE);
    return bytes === null ? [] : [withChoices(frontier, set, bytes)];
  });
  return candidates.reduce(
    (best, one) => (stepFlash(program, one) < stepFlash(program, best) ? one : best),
    frontier.unrolled[1],
  );
}

function withinBudget(frontier: Frontier, budget: number): readonly PlannedLayer[] | null {
  let best: { cycles: number; set: TableSet; bytes: number } | null = null;
  for (const set of frontier.sets) {
    const bytes = budget - set.functions - frontier.fixedFlash;
    const cycles = bytes < 0 ? Number.POSITIVE_INFINITY : set.knapsack.cycles(bytes);
    if (cycles < (best?.cycles ?? Number.POSITIVE_INFINITY)) best = { cycles, set, bytes };
  }
  return best === null ? null : withChoices(frontier, best.set, best.bytes);
}

/** What a set's knapsack takes within so many bytes. */
function withChoices(
  { variants }: Frontier,
  { knapsack, modes: count }: TableSet,
  bytes: number,
): readonly PlannedLayer[] {
  return knapsack.choices(bytes).flatMap(({ mode, options }, i) => {
    const layer = variants[Math.floor(mode / count)]?.[i];
    if (layer === undefined) return [];
    const rows = blockRows(layer);
    const tables = tableMakers.map((make, table) => {
      const own = rows.flatMap((block, b) => (options[b] === table + 1 ? block : []));
      return own.length === 0 ? null : make(layer.rows, own);
    });
    return [
      {
        ...layer,
        blocks: layer.blocks.filter((_, b) => (options[b] ?? 0) === 0),
        tables: tables.filter((table) => table !== null),
      },
    ];
  });
}

function frontierOf(program: Program): Frontier {
  const known = frontiers.get(program.layers);
  if (known !== undefined) return known;
  const { fastest, pairs, wide } = planVariants(program);
  const small = new Map([...pairs, ...wide].map((layer) => [layer, { ...layer, fast: false }]));
  const smaller = (planned: readonly PlannedLayer[]) => planned.map((layer) => small.get(layer) ?? layer);
  const variants = (wide.some((layer, i) => layer !== pairs[i]) ? [pairs, wide] : [pairs]).map(smaller);
  const [smallPairs = []] = variants;
  const smallest = smaller(fastest);
  const most = stepFlash(program, smallPairs);
  const step = generateStep(program, smallPairs);
  const all = layerModes(program, variants);
  const own = all.flatMap(([unrolled]) => unrolled?.parts.map(([cost]) => cost ?? null) ?? []);
  const sum = (pick: (cost: { bytes: number; cycles: number }) => number) =>
    own.reduce((total, cost) => total + (cost === null ? 0 : pick(cost)), 0);
  const functions = tableMakers.map((make) => functionBytes(pairs, make));
  // Without tables there is something to choose where there are two variants.
  const sets = variants.length > 1 ? modes : modes.slice(1);
  const frontier: Frontier = {
    ...{ unrolled: [fastest, smallest], variants, flash: stepFlash(program, smallest) },
    fixedFlash: most - sum(({ bytes }) => bytes),
    fixedCycles: step.max - sum(({ cycles }) => cycles),
    sets: sets.map((allowed) => {
      const usable = (m: number) => (modes[m % modes.length] ?? []).every((table) => allowed.includes(table));
      return {
        functions: allowed.reduce((bytes, table) => bytes + (functions[table] ?? 0), 0),
        knapsack: new Knapsack(
          all.map((layer) => layer.filter((_, m) => usable(m))),
          most,
        ),
        modes: modes.filter((_, m) => usable(m)).length,
      };
    }),
  };
  frontiers.set(program.layers, frontier);
  return frontier;
}

/** Functions of the runtime that the tables of a program call. */
function functionBytes(planned: readonly PlannedLayer[], make: (typeof tableMakers)[number]): number {
  const called = new Map(
    planned.flatMap((layer) => {
      const rows = blockRows(layer).flat();
      return rows.length === 0
        ? []
        : make(layer.rows, rows).runtime.map(({ name, bytes }) => [name, bytes] as const);
    }),
  );
  return [...called.values()].reduce((sum, bytes) => sum + bytes, 0);
}

// SPDX-License-Identifier: Apache-2.0
/** Cycles of a layer up to its cell, as a function of its events: exact but for what its outputs make of them. */

export interface GroupCosts {
  /** At every step. */
  prepare: number;
  /** Where events are followed: without any. */
  events: number;
  /** Once there is one. */
  store: number;
  /** Where all columns are computed. */
  dense: number;
  breakEven: number;
  /** Cycles of an event by column, of each source. */
  readonly sources: { readonly first: number; readonly cycles: readonly number[] }[];
}

/** Of a layer whose step goes on from an earlier one where it has no event: still.ts. */
export interface StillCosts {
  /** Before its sums are computed: with events; and without, where there is nothing to go on from. */
  readonly busy: number;
  readonly uncached: number | null;
  /** All of it: new states; nothing at all. */
  readonly still: number;
  readonly asleep: number;
}

/** What a layer knows of earlier steps. */
export interface Memory {
  /** Whether kept sums are right: not in the first step. */
  readonly valid: boolean;
  /** Whether gates and candidates are there that it can go on from; without kept sums always. */
  readonly cached: boolean;
  /** Whether the last step had no event and moved no state. */
  readonly rest: boolean;
}

export interface EventCosts {
  /** null: every step computes sums. */
  still: StillCosts | null;
  readonly fixed: { readonly min: number; readonly max: number };
  readonly groups: readonly GroupCosts[];
}

/** @param events columns whose value was sent, of the whole layer */
export function eventCycles(
  { still, fixed, groups }: EventCosts,
  events: readonly number[],
  { valid, cached, rest }: Memory,
): { min: number; max: number } {
  if (still !== null && events.length === 0 && cached) {
    const all = rest ? still.asleep : still.still;
    return { min: all, max: all };
  }
  const before = still === null ? 0 : events.length === 0 ? (still.uncached ?? 0) : still.busy;
  const sum = groups.reduce((all, group) => all + groupCycles(group, events, valid), before);
  return { min: fixed.min + sum, max: fixed.max + sum };
}

function groupCycles(group: GroupCosts, events: readonly number[], valid: boolean): number {
  if (group.sources.length === 0) return group.prepare;
  const own = group.sources.flatMap(({ first, cycles }) =>
    events.flatMap((column) => cycles[column - first] ?? []),
  );
  const kept = group.store > 0;
  if (own.length > group.breakEven || (kept && !valid)) return group.dense;
  return group.events + (own.length > 0 ? group.store : 0) + own.reduce((sum, cycles) => sum + cycles, 0);
}

/** Least and most: no events, and as many of the dearest as are followed, or all columns. */
export function rangeOf({ still, fixed, groups }: EventCosts): { min: number; max: number } {
  let { min, max } = fixed;
  max += Math.max(0, still?.busy ?? 0, still?.uncached ?? 0);
  for (const { prepare, events, store, dense, breakEven, sources } of groups) {
    if (sources.length === 0) {
      min += prepare;
      max += prepare;
      continue;
    }
    const dearest = sources.flatMap(({ cycles }) => [...cycles]).sort((a, b) => b - a);
    const followed = dearest.slice(0, breakEven).reduce((sum, cycles) => sum + cycles, 0);
    min += Math.min(events, dense);
    max += Math.max(dense, followed + events + store);
  }
  return still === null ? { min, max } : { min: Math.min(still.still, still.asleep), max };
}

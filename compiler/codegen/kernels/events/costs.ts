// SPDX-License-Identifier: Apache-2.0
/** Cycles of a layer up to its cell, as a function of its events: exact but for what its outputs make of them. */

export interface GroupCosts {
  /** At every step. */
  prepare: number;
  /** Where events are followed: without any. */
  events: number;
  /** What it costs more that there is none; 0 where that makes no difference. */
  none: number;
  /** Once there is one. */
  store: number;
  /** Where all columns are computed. */
  dense: number;
  breakEven: number;
  /** Cycles of an event by column, of each source. */
  readonly sources: { readonly first: number; readonly cycles: readonly number[] }[];
}

export interface EventCosts {
  readonly fixed: { readonly min: number; readonly max: number };
  readonly groups: readonly GroupCosts[];
}

/**
 * @param events columns whose value was sent, of the whole layer
 * @param valid whether kept sums are: not in the first step
 */
export function eventCycles(
  { fixed, groups }: EventCosts,
  events: readonly number[],
  valid: boolean,
): { min: number; max: number } {
  const sum = groups.reduce((all, group) => all + groupCycles(group, events, valid), 0);
  return { min: fixed.min + sum, max: fixed.max + sum };
}

function groupCycles(group: GroupCosts, events: readonly number[], valid: boolean): number {
  if (group.sources.length === 0) return group.prepare;
  const own = group.sources.flatMap(({ first, cycles }) =>
    events.flatMap((column) => cycles[column - first] ?? []),
  );
  const kept = group.store > 0;
  if (own.length > group.breakEven || (kept && !valid)) return group.dense;
  const extra = own.length > 0 ? group.store : group.none;
  return group.events + extra + own.reduce((sum, cycles) => sum + cycles, 0);
}

/** Least and most: no events, and as many of the dearest as are followed, or all columns. */
export function rangeOf({ fixed, groups }: EventCosts): { min: number; max: number } {
  let { min, max } = fixed;
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
  return { min, max };
}

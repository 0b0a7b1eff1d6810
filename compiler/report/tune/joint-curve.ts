// SPDX-License-Identifier: Apache-2.0
/**
 * Thresholds of all keywords together: the fewest misses for each number of events in the background.
 * Exact, by dynamic programming over keywords: events of one keyword take nothing from those of another but what the
 * refractory time hides.
 */
import type { KeywordCurve, KeywordPoint } from './keyword-curve.ts';

export interface JointPoint {
  readonly events: number;
  readonly misses: number;
}

/** Budgets above it are not looked at: nobody wants more false alarms, and the work grows with the square. */
const MAX_EVENTS = 1000;

/** @returns points by rising events; each has fewer misses than the one before */
export function jointCurve(curves: readonly KeywordCurve[]): JointPoint[] {
  let best: (JointPoint | null)[] = [{ events: 0, misses: 0 }];
  for (const { points } of curves) {
    const next: (JointPoint | null)[] = [];
    const offers = offersOf(points);
    for (const point of best) {
      if (point === null) continue;
      for (const offer of offers) {
        const events = point.events + offer.events;
        if (events > MAX_EVENTS) continue;
        const misses = point.misses + offer.misses;
        if (misses < (next[events]?.misses ?? Number.POSITIVE_INFINITY)) next[events] = { events, misses };
      }
    }
    best = Array.from(next, (point) => point ?? null);
  }
  return fewer(best.filter((point) => point !== null));
}

/** What one keyword can have: the fewest misses for each number of events, as far as they differ. */
function offersOf(points: readonly KeywordPoint[]): JointPoint[] {
  return fewer([...points].sort((a, b) => a.events - b.events || a.misses - b.misses));
}

/** Those that have fewer misses than all before them. */
function fewer(points: readonly JointPoint[]): JointPoint[] {
  const kept: JointPoint[] = [];
  for (const { events, misses } of points) {
    if (misses < (kept.at(-1)?.misses ?? Number.POSITIVE_INFINITY)) kept.push({ events, misses });
  }
  return kept;
}

// SPDX-License-Identifier: Apache-2.0
/**
 * Thresholds of all keywords together: for each number of events in the background, those with the fewest misses.
 * Exact, by dynamic programming over keywords: events of one keyword take nothing from those of another but what the
 * refractory time hides.
 */
import type { KeywordCurve, KeywordPoint } from './keyword-curve.ts';

export interface JointPoint {
  readonly events: number;
  readonly misses: number;
  /** By keyword. */
  readonly thresholds: readonly number[];
  /** Thresholds in a row that come to the same, of the keyword that has the fewest: room for what was not heard. */
  readonly margin: number;
}

/** Budgets above it are not looked at: nobody wants more false alarms, and the work grows with the square. */
export const MAX_EVENTS = 1000;

/** What one keyword can have: events and misses with the middle of the thresholds that give both. */
interface Offer {
  readonly events: number;
  readonly misses: number;
  readonly threshold: number;
  readonly margin: number;
}

/** @returns points by rising events; each has fewer misses than the one before */
export function jointCurve(curves: readonly KeywordCurve[]): JointPoint[] {
  let best: (JointPoint | null)[] = [
    { events: 0, misses: 0, thresholds: [], margin: Number.POSITIVE_INFINITY },
  ];
  for (const { points } of curves) {
    const next: (JointPoint | null)[] = [];
    const offers = offersOf(points);
    for (const point of best) {
      if (point === null) continue;
      for (const offer of offers) {
        const events = point.events + offer.events;
        if (events > MAX_EVENTS) continue;
        const misses = point.misses + offer.misses;
        const margin = Math.min(point.margin, offer.margin);
        const other = next[events];
        if (other != null && (misses > other.misses || (misses === other.misses && margin <= other.margin)))
          continue;
        next[events] = { events, misses, thresholds: [...point.thresholds, offer.threshold], margin };
      }
    }
    best = Array.from(next, (point) => point ?? null);
  }
  const curve: JointPoint[] = [];
  for (const point of best) {
    if (point !== null && point.misses < (curve.at(-1)?.misses ?? Number.POSITIVE_INFINITY))
      curve.push(point);
  }
  return curve;
}

/** The fewest misses for each number of events, as far as they differ. */
function offersOf(points: readonly KeywordPoint[]): Offer[] {
  const offers: Offer[] = [];
  for (let at = points.length - 1; at >= 0; ) {
    const { events, misses } = points[at] ?? { events: 0, misses: 0 };
    let end = at;
    while (end >= 0 && points[end]?.events === events && points[end]?.misses === misses) end--;
    const threshold = points[Math.floor((at + end + 1) / 2)]?.threshold ?? 0;
    const before = offers.at(-1);
    if (before === undefined || misses < before.misses)
      offers.push({ events, misses, threshold, margin: at - end });
    at = end;
  }
  return offers;
}

// SPDX-License-Identifier: Apache-2.0
/**
 * One threshold for each keyword: for each number of misses in all, those from which the fewest events are to be
 * expected. Exact, by dynamic programming over keywords: events of one keyword take nothing from those of another but
 * what the refractory time hides.
 */
import type { KeywordCurve } from './keyword-curve.ts';
import { expectedEvents } from './tail.ts';

export interface Thresholds {
  /** Q15, by keyword. */
  readonly thresholds: readonly number[];
  /** Events in all of the background. */
  readonly expected: number;
}

export interface JointChoice {
  readonly misses: number;
  /** In all of the background. */
  readonly expected: number;
  /** By keyword: places in its points. */
  readonly places: readonly number[];
}

/** @returns by rising misses */
export function jointChoices(curves: readonly KeywordCurve[]): JointChoice[] {
  let best = new Map<number, JointChoice>([[0, { misses: 0, expected: 0, places: [] }]]);
  for (const { points } of curves) {
    const tail = expectedEvents(points);
    // Of the thresholds with so many misses the highest: points rise.
    const highest = new Map(points.map((point, place) => [point.misses, place]));
    const next = new Map<number, JointChoice>();
    for (const before of best.values()) {
      for (const [own, place] of highest) {
        const misses = before.misses + own;
        const expected = before.expected + (tail[place] ?? 0);
        const other = next.get(misses);
        if (other === undefined || expected < other.expected)
          next.set(misses, { misses, expected, places: [...before.places, place] });
      }
    }
    best = next;
  }
  return [...best.values()].sort((a, b) => a.misses - b.misses);
}

/**
 * Lowers the thresholds of a choice, all by as many steps, as far as the events that may be expected allow: words that
 * were not heard get the room that is left.
 */
export function withRoom(curves: readonly KeywordCurve[], { places }: JointChoice, most: number): Thresholds {
  const own = curves.map(({ points }, keyword) => {
    const place = places[keyword] ?? 0;
    return { points, tail: expectedEvents(points), place, floor: floorOf(points, place) };
  });
  const lowered = (steps: number) => own.map(({ place, floor }) => Math.max(floor, place - steps));
  const expected = (steps: number) =>
    lowered(steps).reduce((sum, place, keyword) => sum + (own[keyword]?.tail[place] ?? 0), 0);
  const limit = Math.max(0, ...own.map(({ place, floor }) => place - floor));
  let steps = 0;
  while (steps < limit && expected(steps + 1) <= most) steps++;
  const thresholds = lowered(steps).map((place, keyword) => own[keyword]?.points[place]?.threshold ?? 1);
  return { thresholds, expected: expected(steps) };
}

/** The middle between a threshold and the least one that no event reached: below it nothing is known of events. */
function floorOf(points: KeywordCurve['points'], place: number): number {
  const silent = points.findLastIndex(({ events }) => events > 0) + 1;
  return silent > place ? 0 : Math.floor((silent + place) / 2);
}

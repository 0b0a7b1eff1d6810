// SPDX-License-Identifier: Apache-2.0
/**
 * How many events to expect by threshold, where few were counted. Peaks over a high enough threshold fall off
 * exponentially in the logit (the peaks-over-threshold method of extreme value theory, with shape 0: Coles 2001,
 * chapter 4). The steps of THRESHOLDS are equal in the logit, so their mean excess, in steps, is the tail's scale.
 * Counting alone would choose by the one or two loudest moments of an hour: by luck.
 */
import type { KeywordPoint } from './keyword-curve.ts';

/** Events that the tail begins with: their mean excess is known to about a fifth (1 / sqrt 20). */
const TAIL = 20;

/** @returns by threshold: events as counted down to TAIL of them, above as the exponential tail has them */
export function expectedEvents(points: readonly KeywordPoint[]): number[] {
  const most = Math.max(1, ...points.map(({ events }) => events));
  const least = Math.min(TAIL, most);
  const from = Math.max(
    0,
    points.findLastIndex(({ events }) => events >= least),
  );
  const count = Math.max(1, points[from]?.events ?? 1);
  // Each event counts at every step up to its peak, which lies half a step above the last on average.
  const excess = points.slice(from + 1).reduce((sum, { events }) => sum + events, 0);
  const scale = 0.5 + excess / count;
  return points.map(({ events }, i) => (i <= from ? events : count * Math.exp(-(i - from) / scale)));
}

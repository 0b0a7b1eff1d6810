// SPDX-License-Identifier: Apache-2.0
/**
 * How many events to expect by threshold, where few were counted. Peaks over a high enough threshold follow a
 * generalized Pareto law (Coles 2001, chapter 4), here over the steps of THRESHOLDS, which are equal in the logit.
 * Counting alone would choose by the one or two loudest moments of an hour: by luck. The law's scale and shape come
 * from probability-weighted moments (Hosking and Wallis 1987), which twenty peaks are enough for.
 */
import type { KeywordPoint } from './keyword-curve.ts';

/** Events that the tail begins with: their mean excess is known to about a fifth (1 / sqrt 20). */
const TAIL = 20;
/**
 * Shapes, in Hosking and Wallis' sign: the moments hold above -1/2 only, and above 0 the law would end somewhere, which
 * twenty peaks are no evidence for.
 */
const [HEAVIEST, LIGHTEST] = [-0.5, 0];

/** @returns by threshold: events as counted down to TAIL of them, above as the law of the tail has them */
export function expectedEvents(points: readonly KeywordPoint[]): number[] {
  const most = Math.max(1, ...points.map(({ events }) => events));
  const least = Math.min(TAIL, most);
  const from = Math.max(
    0,
    points.findLastIndex(({ events }) => events >= least),
  );
  const count = Math.max(1, points[from]?.events ?? 1);
  const left = exceeding(
    count,
    points.slice(from + 1).map(({ events }) => events),
  );
  return points.map(({ events }, i) => (i <= from ? events : count * left(i - from)));
}

/**
 * @param count peaks at or above the first step
 * @param above those left at each step behind it
 * @returns share of the peaks that reach so many steps above the first: 1 - F of the law
 */
function exceeding(count: number, above: readonly number[]): (steps: number) => number {
  // Integrals of 1 - F and of (1 - F)^2 over the steps, which are E[X] and 2 E[X (1 - F)]: each peak ends half a step
  // above its last on average. N (N - 1) / (n (n - 1)) is the square without bias.
  const mean = 0.5 + above.reduce((sum, n) => sum + n, 0) / count;
  const pairs = count * Math.max(1, count - 1);
  const square = 0.5 + above.reduce((sum, n) => sum + n * (n - 1), 0) / pairs;
  const shape = Math.min(LIGHTEST, Math.max(HEAVIEST, mean / (mean - square) - 2));
  const scale = mean * (1 + shape);
  if (Math.abs(shape) < 1e-6) return (steps) => Math.exp(-steps / scale);
  return (steps) => (1 - (shape * steps) / scale) ** (1 / shape);
}

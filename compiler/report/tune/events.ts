// SPDX-License-Identifier: Apache-2.0
/**
 * Events by threshold. Of hours of background only the frames count whose smoothed posterior reaches the lowest
 * release: a list of them per keyword is short, and every threshold is played on it as Trigger of core/sim would.
 */
import { releaseOf } from '../../training/background/release.ts';
import type { Posteriors } from './posteriors.ts';

/**
 * Thresholds that are tried, Q15: the logistic function of -4 to 6 in equal steps, 589 to 32,687. A network that was
 * trained to prefer its keywords has posteriors of background around a half and of words close to one; there steps have
 * to be small.
 */
export const THRESHOLDS: readonly number[] = Array.from({ length: 126 }, (_, i) =>
  Math.round(32_768 / (1 + Math.exp(4 - 0.08 * i))),
);

/** Below it, every keyword is released at every threshold. */
const LOWEST = releaseOf(THRESHOLDS[0] ?? 1);

/** Frames whose smoothed posterior is at least the lowest release. */
export interface Active {
  readonly frames: readonly number[];
  /** Q15 x window, as the detector sums it. */
  readonly sums: readonly number[];
}

/** @param column of the keyword; @param count of keywords */
export function activeFrames(posteriors: Posteriors, column: number, count: number, window: number): Active {
  const active = { frames: [] as number[], sums: [] as number[] };
  let sum = 0;
  for (let frame = 0, at = column; at < posteriors.length; frame++, at += count) {
    const left = at - window * count;
    sum += (posteriors[at] ?? 0) - (left < 0 ? 0 : (posteriors[left] ?? 0));
    if (sum < LOWEST * window) continue;
    active.frames.push(frame);
    active.sums.push(sum);
  }
  return active;
}

/** Events of this keyword alone. */
export function countEvents(
  { frames, sums }: Active,
  threshold: number,
  window: number,
  refractory: number,
): number {
  const [least, release] = [threshold * window, releaseOf(threshold) * window];
  let [events, fired, last, free] = [0, false, -1, 0];
  for (let i = 0; i < frames.length; i++) {
    const [frame = 0, sum = 0] = [frames[i], sums[i]];
    if (frame !== last + 1 || sum < release) fired = false;
    last = frame;
    if (fired || sum < least || frame < free) continue;
    events++;
    fired = true;
    free = frame + refractory + 1;
  }
  return events;
}

/** The largest sum of a keyword's posteriors over the window. */
export function peakSum(posteriors: Posteriors, column: number, count: number, window: number): number {
  let [sum, peak] = [0, 0];
  for (let at = column; at < posteriors.length; at += count) {
    const left = at - window * count;
    sum += (posteriors[at] ?? 0) - (left < 0 ? 0 : (posteriors[left] ?? 0));
    if (sum > peak) peak = sum;
  }
  return peak;
}

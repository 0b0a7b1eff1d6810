// SPDX-License-Identifier: Apache-2.0
/** Misses and false alarms of each keyword by its threshold, at one window. */
import { activeFrames, countEvents, peakSum, THRESHOLDS } from './events.ts';
import type { HeardWord, Posteriors } from './posteriors.ts';

export interface KeywordPoint {
  /** Q15. */
  readonly threshold: number;
  /** Recordings of this keyword that stay below. */
  readonly misses: number;
  /** Events in all background; no fewer than at a higher threshold, because one that is never released fires once. */
  readonly events: number;
}

export interface KeywordCurve {
  /** Index of the label. */
  readonly label: number;
  readonly words: number;
  /** By rising threshold. */
  readonly points: readonly KeywordPoint[];
}

/** What was heard, and how. */
export interface Heard {
  /** Labels of the keywords, column by column of the posteriors. */
  readonly labels: readonly number[];
  readonly words: readonly HeardWord[];
  readonly background: Posteriors;
}

export function keywordCurves(
  { labels, words, background }: Heard,
  window: number,
  refractory: number,
): KeywordCurve[] {
  const count = labels.length;
  return labels.map((label, column) => {
    const peaks = words
      .filter((word) => word.label === label)
      .map(({ posteriors }) => peakSum(posteriors, column, count, window));
    const active = activeFrames(background, column, count, window);
    let events = 0;
    const falling = THRESHOLDS.toReversed().map((threshold) => {
      events = Math.max(events, countEvents(active, threshold, window, refractory));
      return {
        threshold,
        misses: peaks.filter((peak) => peak < threshold * window).length,
        events,
      };
    });
    return { label, words: peaks.length, points: falling.reverse() };
  });
}

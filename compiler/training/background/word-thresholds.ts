// SPDX-License-Identifier: Apache-2.0
/**
 * Thresholds for mining: those at which a given share of some recordings of each keyword would be missed. What fires
 * then is what would have to be accepted as false alarms, whatever the scale of the posteriors.
 */
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import type { StreamProgram } from '../../core/program/program.ts';
import { Stream } from '../../core/sim/stream.ts';
import { releaseOf } from './release.ts';

export interface SpokenWord {
  /** 16-bit mono at the program's rate. */
  readonly samples: Int16Array;
  /** Index of its label. */
  readonly label: number;
}

/** Words of a keyword that are played at most. */
const MOST = 64;

/** @param missed 0 .. 1; keywords without recordings keep their thresholds */
export function withWordThresholds(
  program: StreamProgram,
  { frame, hop }: FrontendProgram,
  words: readonly SpokenWord[],
  missed: number,
): StreamProgram {
  const { detect } = program;
  const stream = new Stream(program);
  const keywords = detect.keywords.map((keyword, column) => {
    const own = words.filter(({ label }) => label === keyword.label).slice(0, MOST);
    const peaks = own.map(({ samples }) => {
      const whole = new Int16Array(samples.length + frame + detect.window * hop);
      whole.set(samples);
      let peak = 0;
      stream.reset();
      stream.push(whole, () => {
        peak = Math.max(peak, stream.detector.sums[column] ?? 0);
      });
      return peak / detect.window;
    });
    if (peaks.length === 0) return keyword;
    peaks.sort((a, b) => a - b);
    const threshold = Math.max(1, Math.floor(peaks[Math.floor(missed * peaks.length)] ?? 1));
    return { label: keyword.label, threshold, release: releaseOf(threshold) };
  });
  return { ...program, detect: { ...detect, keywords } };
}

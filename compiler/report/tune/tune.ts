// SPDX-License-Identifier: Apache-2.0
/** A model's thresholds from recordings of its keywords and from hours of background. */

import { heardRate, hearingOf } from '../../host/audio/heard.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';
import type { Frames } from '../../training/background/frames.ts';
import type { SpokenWord } from '../../training/background/word-thresholds.ts';
import { choose, type Goal, type Tuning } from './choose.ts';
import type { Heard } from './keyword-curve.ts';
import { listenToBackground, listenToWords } from './posteriors.ts';

/**
 * @param subject for messages
 * @param program whose keywords, scale, refractory time and VAD stay
 * @param onDone called with the share that is done, 0 .. 1
 * @throws InputError where the goal cannot be reached
 */
export async function tune(
  subject: string,
  program: SoundProgram,
  words: readonly SpokenWord[],
  background: Frames,
  goal: Goal,
  onDone: (share: number) => void = () => {},
): Promise<Tuning> {
  const { heard, hours } = await hear(program, words, background, onDone);
  return choose(subject, program.detect, heard, hours, goal);
}

/**
 * Everything behind the network: words and background as posteriors.
 * @param onDone called with the share that is done, 0 .. 1
 */
export async function hear(
  program: SoundProgram,
  words: readonly SpokenWord[],
  background: Frames,
  onDone: (share: number) => void = () => {},
): Promise<{ readonly heard: Heard; readonly hours: number }> {
  const labels = program.detect.keywords.map(({ label }) => label);
  const known = words.filter(({ label }) => labels.includes(label));
  // An hour of background takes about as long as a thousand words.
  const heardWords = await listenToWords(program, known, (done) => onDone((0.5 * done) / known.length));
  const posteriors = await listenToBackground(program, background, (done, total) =>
    onDone(0.5 + (0.5 * done) / total),
  );
  return {
    heard: { labels, words: heardWords, background: posteriors },
    hours: hoursOf(program, background),
  };
}

function hoursOf(program: SoundProgram, { count }: Frames): number {
  return (count * program.frontend.hop) / heardRate(hearingOf(program)) / 3600;
}

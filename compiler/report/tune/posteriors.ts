// SPDX-License-Identifier: Apache-2.0
/**
 * What a network hears in words and in background, frame by frame, with the chip's integers. Window, thresholds and
 * releases act behind it: with these posteriors every choice of them can be judged without the network.
 */
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';
import type { FrameRange, Frames } from '../../training/background/frames.ts';
import { partsOf } from '../../training/background/listen.ts';
import type { SpokenWord } from '../../training/background/word-thresholds.ts';
import type { BackgroundInit } from './background-task.ts';

/** Q15, frame by frame, keyword by keyword in the order of detect.keywords. */
export type Posteriors = Int16Array;

export interface HeardWord {
  readonly label: number;
  readonly posteriors: Posteriors;
}

/** Each word from the start of a stream, with silence behind it. */
export async function listenToWords(
  program: SoundProgram,
  words: readonly SpokenWord[],
  onDone: (done: number) => void = () => {},
): Promise<HeardWord[]> {
  const task = siblingModule('word-task', import.meta.url);
  const heard = await mapParallel<SoundProgram, Int16Array, Posteriors>(
    task,
    program,
    words.map(({ samples }) => samples),
    onDone,
  );
  return words.map(({ label }, i) => ({ label, posteriors: heard[i] ?? new Int16Array(0) }));
}

/** All frames as one sound, single words with silence around them (gaps.ts), whose frames are there besides. */
export async function listenToBackground(
  program: SoundProgram,
  frames: Frames,
  onDone: (done: number, total: number) => void = () => {},
): Promise<Posteriors> {
  const init = { program, place: frames.place };
  const task = siblingModule('background-task', import.meta.url);
  const parts = partsOf(frames);
  const heard = await mapParallel<BackgroundInit, FrameRange, Posteriors>(task, init, parts, (done) =>
    onDone(done, parts.length),
  );
  const all = new Int16Array(heard.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of heard) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

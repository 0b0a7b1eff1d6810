// SPDX-License-Identifier: Apache-2.0
/**
 * A long recording to listen to: keywords, other speech, noise and silence. Of people where ../shared/data is; otherwise
 * of the clips that come with the model, and then the other speech is theirs, played backwards.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { StreamProgram } from '../../compiler/core/program/program.ts';
import { streamProgram } from '../../compiler/core/quant/detect.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { Random } from './random.ts';
import { lackingRecordings, recordingsFolder } from './shared.ts';

export const RATE = 8000;
const WAKE_WORDS = recordingsFolder('wake-words');
const OTHERS = recordingsFolder('other-speech', 'test');
/** Whether the recordings of people are there. */
const haveData = !lackingRecordings(WAKE_WORDS) && !lackingRecordings(OTHERS);

type Clip = () => Int16Array;

export interface Material {
  readonly program: StreamProgram;
  readonly keywords: readonly Clip[];
  readonly others: readonly Clip[];
}

const clipsOf = (folder: string): Clip[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.wav'))
    .sort()
    .map((file) => () => readWav(join(folder, file), RATE).samples);

/** Wake words by people and the model that knows them, or the digits that the repository has. */
export function material(): Material {
  return haveData ? wakeWords() : digits();
}

function wakeWords(): Material {
  const model = packagePath('models', 'wake-words');
  const folder = WAKE_WORDS;
  const words = readdirSync(folder).map((word) => clipsOf(join(folder, word)));
  const most = Math.max(...words.map(({ length }) => length));
  return {
    program: streamProgram(loadProgram(model), model),
    // One of each word in turn.
    keywords: Array.from({ length: most }, (_, i) => words.flatMap((clips) => clips.slice(i, i + 1))).flat(),
    others: clipsOf(OTHERS),
  };
}

/** spoken-digits has no detection of its own: every digit is a keyword by default. */
export function digits(): Material {
  const model = packagePath('models', 'spoken-digits');
  const keywords = clipsOf(join(model, 'samples'));
  const others = keywords.map((clip) => () => clip().reverse());
  return { program: streamProgram(loadProgram(model), basename(model)), keywords, others };
}

/** At 8 kHz. The same seed gives the same samples. */
export function recording({ keywords, others }: Material, seconds: number, seed: number): Int16Array {
  const random = new Random(seed);
  const samples = new Int16Array(RATE * seconds);
  // The last second is silent, so that no event is due when the recording ends.
  const end = samples.length - RATE;
  const add = (clip: Int16Array, at: number, gain: number): number => {
    const length = Math.min(clip.length, end - at);
    for (let i = 0; i < length; i++) {
      const sum = (samples[at + i] ?? 0) + Math.round((clip[i] ?? 0) * gain);
      samples[at + i] = Math.max(-32768, Math.min(32767, sum));
    }
    return at + length;
  };
  const noise = (length: number, level: number): Int16Array =>
    Int16Array.from({ length }, () => random.between(-level, level));
  const pause = (least: number, most: number): number =>
    Math.round(random.between(least, most) * (RATE / 1000));
  const first = random.between(0, keywords.length - 1);
  for (let at = RATE / 2, turn = 0; at < end; turn++) {
    const keyword = keywords[(first + turn) % keywords.length]?.() ?? new Int16Array(0);
    at = add(keyword, at, 1) + pause(400, 900);
    if (turn % 2 === 0) at = add(random.pick(others)(), at, 1) + pause(200, 700);
    if (turn % 3 === 1) {
      // A keyword in noise, and the noise before and after it.
      const level = random.pick([30, 300, 1500]);
      const noisy = keywords[(first + turn + 7) % keywords.length]?.() ?? new Int16Array(0);
      const lead = pause(300, 600);
      add(noise(noisy.length + 2 * lead, level), at, 1);
      at = add(noisy, at + lead, 0.7) + lead + pause(300, 700);
    }
    if (turn % 5 === 4) at = add(noise(pause(300, 600), 32767), at, 1) + pause(700, 1000);
  }
  return samples;
}

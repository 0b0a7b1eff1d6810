// SPDX-License-Identifier: Apache-2.0
/** A thread's part in speaking: one recording after the other. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sound } from '../../core/audio/pcm.ts';
import { wavBytes } from '../../core/audio/wav/wav-bytes.ts';
import { InputError } from '../../core/base/errors.ts';
import { decodeSound, readSound } from '../../host/audio/sound-file.ts';
import { guard } from '../../host/files/files.ts';
import type { Program } from './engines/engine.ts';
import { fliteSpeak } from './engines/flite.ts';
import { PROGRAMS, piper } from './engines/programs.ts';
import { runProgram } from './engines/run.ts';
import type { Planned } from './plan.ts';
import { type Shaped, SPEECH_RATE, shapeSpeech } from './shape.ts';

export interface SpeakInit {
  /** Where the recordings go; the folders are there. */
  readonly folder: string;
  /** Seconds that a program may take for one of them. */
  readonly limit: number;
  readonly piperVoice: string | undefined;
}

export type Spoken = Pick<Shaped, 'start' | 'end'>;

export default ({ folder, limit, piperVoice }: SpeakInit) => {
  const programs = new Map<string, Program>(PROGRAMS.map((program) => [program.name, program]));
  if (piperVoice !== undefined) programs.set('piper', piper(piperVoice, 1));
  return async ({ file, utterance, shape }: Planned): Promise<Spoken> => {
    const path = join(folder, file);
    const { engine, name } = utterance.voice;
    const program = programs.get(engine);
    const { samples, sampleRate } =
      program === undefined
        ? await decodeSound('flite', fliteSpeak(utterance))
        : await spokenBy(program, `${path}.raw`, limit);
    const shaped = shapeSpeech(samples, sampleRate, shape);
    if (shaped === null) throw new InputError(engine, `is silent at "${utterance.text}"`, `voice ${name}`);
    guard(path, () => writeFileSync(path, wavBytes(shaped.samples, SPEECH_RATE), { flag: 'wx' }));
    return { start: shaped.start, end: shaped.end };

    async function spokenBy(speaker: Program, raw: string, seconds: number): Promise<Sound> {
      try {
        await runProgram(speaker, utterance, raw, seconds);
        return await readSound(raw);
      } finally {
        rmSync(raw, { force: true });
      }
    }
  };
};

// SPDX-License-Identifier: Apache-2.0
/** What a thread does with a file that is rewritten: converted, trimmed, saved as 16-bit mono. */
import { writeFileSync } from 'node:fs';
import type { Sound } from '../../core/audio/pcm.ts';
import { wavBytes } from '../../core/audio/wav/wav-bytes.ts';
import { InputError } from '../../core/base/errors.ts';
import { readSound } from '../../host/audio/sound-file.ts';
import { guard } from '../../host/files/files.ts';
import { findWord, trimToWord } from './onset.ts';

export interface ConvertRules {
  /** null: each file's own. */
  readonly sampleRate: number | null;
  /** Seconds that stay around the word; null: the whole recording stays. */
  readonly margin: number | null;
}

export interface ConvertItem {
  readonly from: string;
  /** In a folder that exists. */
  readonly to: string;
}

export interface Converted {
  /** What is wrong with the file, which was left out; null: it was written. */
  readonly problem: string | null;
  /** Nothing stood out, so that the whole recording was kept. */
  readonly whole: boolean;
  /** Seconds before and after. */
  readonly before: number;
  readonly after: number;
}

export default ({ sampleRate, margin }: ConvertRules) =>
  async ({ from, to }: ConvertItem): Promise<Converted> => {
    let wav: Sound;
    try {
      wav = await readSound(from, sampleRate ?? undefined);
    } catch (error) {
      if (error instanceof InputError) {
        return { problem: error.problem, whole: false, before: 0, after: 0 };
      }
      throw error;
    }
    const { samples, sampleRate: rate } = wav;
    const kept = margin === null ? samples : trimToWord(samples, rate, margin);
    guard(to, () => writeFileSync(to, wavBytes(kept, rate), { flag: 'wx' }), 'while writing');
    return {
      problem: null,
      whole: margin !== null && findWord(samples, rate) === null,
      before: samples.length / rate,
      after: kept.length / rate,
    };
  };

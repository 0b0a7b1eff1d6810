// SPDX-License-Identifier: Apache-2.0
/** A tiny dataset that can be learnt: tones that fall, stay or rise, and a configuration that learns them in seconds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Random } from '../../compiler/training/train/random.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';

const LABELS = ['down', 'flat', 'up'];

/** @param count per label @param nameOf relative to the folder */
export function writeChirps(
  folder: string,
  count: number,
  nameOf = (label: string, index: number) => `${label}/${index}.wav`,
): string {
  const random = new Random(count);
  LABELS.forEach((label, k) => {
    for (let i = 0; i < count; i++) {
      const begin = random.uniform(500, 1500);
      let phase = 0;
      const samples = Int16Array.from({ length: 1800 }, (_, n) => {
        phase += (2 * Math.PI * begin * 2 ** (((k - 1) * n) / 1800)) / 8000;
        return Math.round(8000 * Math.sin(phase) + 100 * random.signed());
      });
      const file = join(folder, nameOf(label, i));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, makeWav(pcm16(samples)));
    }
  });
  return folder;
}

export const CHIRPS = {
  recurrent: [8],
  dense: [8],
  readout: { steps: 16, rule: 'sum' },
  batch: 16,
  phases: [
    { epochs: 10, quantize: false, rate: 0.02 },
    { epochs: 10, quantize: true, rate: 0.01 },
  ],
  augment: { gain: [-0.3, 0.1], noise: { level: [-4, -3] } },
  renew: 10,
};

// SPDX-License-Identifier: Apache-2.0
import type { Random } from '../../compiler/training/train/random.ts';

/** A tone at 8 kHz that rises by so many octaves, or falls, over `length` samples: what stands for a word here. */
export function tone(length: number, octaves: number, random: Random): Int16Array {
  const begin = random.uniform(600, 1200);
  let phase = 0;
  return Int16Array.from({ length }, (_, n) => {
    phase += (2 * Math.PI * begin * 2 ** ((octaves * n) / length)) / 8000;
    return Math.round(8000 * Math.sin(phase) + 100 * random.signed());
  });
}

// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the word in a long clip. The clip is cut into pieces of 10 ms; its noise floor is the level that a tenth of
 * them stay below. A piece is loud where it is 10 dB above that floor and at most 35 dB below the loudest piece. Loud
 * pieces with less than 200 ms between them belong together; the group with the most energy is the word.
 */

const PIECE_SECONDS = 0.01;
const FLOOR_SHARE = 0.1;
const ABOVE_FLOOR = 10; // as a power ratio: 10 dB
const BELOW_PEAK = 10 ** -3.5; // 35 dB
const GAP_SECONDS = 0.2;

export interface Word {
  /** First sample, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

/** null: nothing stands out, as in silence or steady noise. */
export function findWord(samples: Int16Array, sampleRate: number): Word | null {
  const piece = Math.max(1, Math.round(PIECE_SECONDS * sampleRate));
  const powers = Array.from({ length: Math.floor(samples.length / piece) }, (_, i) =>
    power(samples, i * piece, piece),
  );
  const ranked = [...powers].sort((a, b) => a - b);
  // At least one step of the converter, squared: digital silence has no level at all.
  const floor = Math.max(1, ranked[Math.floor(FLOOR_SHARE * (ranked.length - 1))] ?? 0);
  const threshold = Math.max(floor * ABOVE_FLOOR, (ranked.at(-1) ?? 0) * BELOW_PEAK);
  const gap = Math.round(GAP_SECONDS / PIECE_SECONDS);

  const groups: { readonly first: number; last: number; energy: number }[] = [];
  powers.forEach((p, i) => {
    if (p < threshold) return;
    const group = groups.at(-1);
    if (group !== undefined && i - group.last <= gap) {
      group.last = i;
      group.energy += p;
    } else {
      groups.push({ first: i, last: i, energy: p });
    }
  });
  const [first, ...others] = groups;
  if (first === undefined) return null;
  const best = others.reduce((most, group) => (group.energy > most.energy ? group : most), first);
  return { start: best.first * piece, end: (best.last + 1) * piece };
}

/** Mean square of a piece. */
function power(samples: Int16Array, start: number, length: number): number {
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += (samples[i] ?? 0) ** 2;
  return sum / length;
}

/** The word with `margin` seconds before and after it; the whole clip where no word is found. */
export function trimToWord(samples: Int16Array, sampleRate: number, margin: number): Int16Array {
  const word = findWord(samples, sampleRate);
  if (word === null) return samples;
  const spare = Math.round(margin * sampleRate);
  return samples.subarray(Math.max(0, word.start - spare), Math.min(samples.length, word.end + spare));
}

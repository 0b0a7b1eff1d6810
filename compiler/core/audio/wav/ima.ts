// SPDX-License-Identifier: Apache-2.0
/** IMA ADPCM in blocks: IMA Digital Audio Focus and Technical Working Groups, "Recommended Practices 3.00" (1992). */

/** The reference's 89 step sizes, each about 1.1 times the one before. */
const STEPS = Int32Array.of(
  ...[
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88,
  ],
  ...[97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658],
  ...[724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660],
  ...[4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818],
  ...[18500, 20350, 22385, 24623, 27086, 29794, 32767],
);
const CHANGES = Int32Array.of(-1, -1, -1, -1, 2, 4, 6, 8);

/**
 * One block: per channel a 16-bit sample, a step's index and a zero; then 4 bytes per channel in turn, 8 codes each,
 * low half first.
 * @param out a block's frames of every channel, written from `to` on; @returns the frames of a block that may be cut
 */
export function decodeImaBlock(
  block: Uint8Array,
  channels: number,
  framesPerBlock: number,
  out: readonly Float64Array[],
  to: number,
): number {
  const head = 4 * channels;
  const groups = Math.floor((block.length - head) / head);
  if (groups < 0) return 0;
  const frames = Math.min(framesPerBlock, 1 + 8 * groups);
  for (let channel = 0; channel < channels; channel++) {
    const at = 4 * channel;
    let value = (((block[at] ?? 0) | ((block[at + 1] ?? 0) << 8)) << 16) >> 16;
    let index = Math.min(88, block[at + 2] ?? 0);
    const target = out[channel] as Float64Array;
    target[to] = value;
    for (let n = 1; n < frames; n++) {
      const byte = block[head + ((n - 1) >> 3) * head + at + (((n - 1) >> 1) & 3)] ?? 0;
      const code = ((n - 1) & 1) === 0 ? byte & 15 : byte >> 4;
      const step = STEPS[index] ?? 0;
      let difference = step >> 3;
      if ((code & 4) !== 0) difference += step;
      if ((code & 2) !== 0) difference += step >> 1;
      if ((code & 1) !== 0) difference += step >> 2;
      value = Math.max(-32768, Math.min(32767, (code & 8) !== 0 ? value - difference : value + difference));
      index = Math.max(0, Math.min(88, index + (CHANGES[code & 7] ?? 0)));
      target[to + n] = value;
    }
  }
  return frames;
}

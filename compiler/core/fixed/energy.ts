// SPDX-License-Identifier: Apache-2.0

/** Mean square of n = 64, 128 or 256 samples from `offset` on, rounded down: 0 .. 2^30. Twin of egru_mean_square. */
export function meanSquare(pcm: Int16Array, offset: number, n: number): number {
  let high = 0; // in units of 2^16; at most 256 * 2^14
  let low = 0; // below 256 * 2^16
  for (let i = offset; i < offset + n; i++) {
    const sample = pcm[i] ?? 0;
    const square = Math.imul(sample, sample); // at most 2^30
    high += square >>> 16;
    low += square & 0xffff;
  }
  const log2 = n === 64 ? 6 : n === 128 ? 7 : 8;
  return (high << (16 - log2)) + (low >>> log2);
}

// SPDX-License-Identifier: Apache-2.0
/** The constant part of a recording, removed as the microphones do it; docs/NUMERICS.md, "Recordings", defines it. */

/** A mean of at most so many 16-bit steps, 1 % of full scale, stays: recordings have it, and their integers are kept. */
const BOUND = 327;
/** The mean of less than a period of 20 Hz is a part of the sound. */
const LEAST = 1 / 20;
/** Chance alone gives noise a mean: of so many standard deviations in one recording of 15,000. */
const DEVIATIONS = 4;

/**
 * Whether a recording has a constant part that is removed.
 * @param mean of its samples in 16-bit steps; @param variance mean square of what is left without it; @param frames
 * samples that it has; @param sampleRate Hz
 */
export function hasOffset(mean: number, variance: number, frames: number, sampleRate: number): boolean {
  const isLarge = Math.abs(mean) > BOUND && frames >= LEAST * sampleRate;
  return isLarge && mean * mean * frames > DEVIATIONS ** 2 * variance;
}

/** Twin of the removal in core/microphone and runtime-c/microphone, but that it begins settled at a known mean. */
export class OffsetRemoval {
  #mean: number;

  /** @param mean in 16-bit steps, -32768 .. 32767 */
  constructor(mean: number) {
    this.#mean = Math.floor(mean * 64 * 256 + 0.5);
  }

  /** @param value in 16-bit steps; @returns -32768 .. 32767 */
  next(value: number): number {
    const wide = Math.max(-(2 ** 22), Math.min(2 ** 22 - 1, Math.floor(64 * value + 0.5)));
    const rest = wide - (this.#mean >> 8);
    this.#mean += rest;
    return Math.max(-32768, Math.min(32767, (rest + 32) >> 6));
  }
}

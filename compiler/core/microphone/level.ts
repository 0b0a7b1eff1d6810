// SPDX-License-Identifier: Apache-2.0

/** Samples per block of 4 ms: EGRU_MIC_BLOCK of runtime-c/microphone/egru_mic.h. */
export const BLOCK = 32;

/** Takes the constant part from values in 1/64 of a sample and makes samples of them: egru_i_mic_level. */
export class Level {
  /** 2^14 times the constant part; at most 256 times the largest value, so below 2^31. */
  #mean = 0;

  reset(): void {
    this.#mean = 0;
  }

  /** |value| < 2^23. */
  sample(value: number): number {
    const rest = value - (this.#mean >> 8);
    this.#mean = (this.#mean + rest) | 0;
    return Math.max(-32768, Math.min(32767, (rest + 32) >> 6));
  }
}

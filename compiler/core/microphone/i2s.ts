// SPDX-License-Identifier: Apache-2.0
import { HalfBand } from './half-band.ts';

/** Words of an I2S microphone to PCM: twin of runtime-c/microphone/egru_mic_i2s.c. */
export class I2sDecimator {
  readonly #half = new HalfBand();

  reset(): void {
    this.#half.reset();
  }

  /** words: 64, left-justified in 32 bits; pcm: 32 samples, written. */
  block(words: Int32Array, pcm: Int16Array): void {
    this.#half.block((i) => (words[i] ?? 0) >> 14, pcm);
  }
}

export interface I2sOptions {
  /** Bits of the microphone's data, at most 24; those below are 0. The SPH0645 has 18, the ICS-43434 24. */
  readonly bits?: number;
  /** Constant part, in steps of 2^-23 of full scale. */
  readonly offset?: number;
}

/** What an I2S microphone sends for PCM at its own rate, which is twice that of the decimated PCM. */
export class I2sEncoder {
  readonly #mask: number;
  readonly #offset: number;

  constructor({ bits = 24, offset = 0 }: I2sOptions = {}) {
    this.#mask = -(2 ** (32 - bits));
    this.#offset = offset;
  }

  /** A left-justified word: 24 bits, saturated, and 8 zeros. */
  word(sample: number): number {
    const value = Math.max(-(2 ** 23), Math.min(2 ** 23 - 1, 256 * sample + this.#offset));
    return (value << 8) & this.#mask;
  }

  encode(pcm: Int16Array): Int32Array {
    return Int32Array.from(pcm, (sample) => this.word(sample));
  }
}

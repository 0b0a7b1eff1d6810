// SPDX-License-Identifier: Apache-2.0
import { HalfBand } from './half-band.ts';

/** Counts of the ADC to PCM: twin of runtime-c/microphone/egru_mic_adc.c. */
export class AdcDecimator {
  readonly #half = new HalfBand();

  reset(): void {
    this.#half.reset();
  }

  /** counts: 64, each 0 .. 4095; pcm: 32 samples, written. */
  block(counts: Uint16Array, pcm: Int16Array): void {
    this.#half.block((i) => ((counts[i] ?? 0) - 2048) * 64, pcm);
  }
}

export interface AdcOptions {
  /** Counts by which silence lies above the middle. */
  readonly offset?: number;
}

/** What the ADC reads for PCM at its own rate, which is twice that of the decimated PCM. */
export class AdcEncoder {
  readonly #middle: number;

  constructor({ offset = 0 }: AdcOptions = {}) {
    this.#middle = 2048 + offset;
  }

  count(sample: number): number {
    return Math.max(0, Math.min(4095, this.#middle + ((sample + 8) >> 4)));
  }

  encode(pcm: Int16Array): Uint16Array {
    return Uint16Array.from(pcm, (sample) => this.count(sample));
  }
}

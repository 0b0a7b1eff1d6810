// SPDX-License-Identifier: Apache-2.0
import { BLOCK, Level } from './level.ts';
import { PDM_TAPS } from './taps.ts';

const HISTORY = 75;
const SUMS = 160;
/** 8590 * 15,625 / 2: what the filter gives of bits that are one half each. */
const SILENCE = 67109375;

/**
 * PDM bits at 1 MHz to PCM at 8 kHz: twin of runtime-c/microphone/egru_mic_pdm.c, with the bits' weights instead of its
 * table.
 */
export class PdmDecimator {
  readonly #sums = new Int32Array(HISTORY + SUMS);
  readonly #level = new Level();
  #next = 0;
  #after = 0;

  constructor() {
    this.reset();
  }

  reset(): void {
    this.#sums.fill(7812);
    this.#next = 6350;
    this.#after = 1150;
    this.#level.reset();
  }

  /** bits: 250 half-words, earliest bit first from the most significant on; pcm: 32 samples, written. */
  block(bits: Uint16Array, pcm: Int16Array): void {
    const sums = this.#sums;
    for (let group = 0; group < SUMS; group++) sums[HISTORY + group] = this.#sum(bits, 25 * group);
    for (let m = 0; m < BLOCK; m++) {
      let acc = -SILENCE;
      for (let k = 0; k < PDM_TAPS.length; k++) {
        const pair = (sums[5 * m + k] ?? 0) + (sums[5 * m + 79 - k] ?? 0);
        acc += Math.imul(PDM_TAPS[k] ?? 0, pair); // at most 15,358 * 7,812.5 at the end
      }
      pcm[m] = this.#level.sample(acc >> 5);
    }
    sums.copyWithin(0, SUMS);
  }

  /** The CIC filter's output after the 25 bits from `at` on. */
  #sum(bits: Uint16Array, at: number): number {
    let [first, last, ones] = [0, 0, 0];
    for (let i = 0; i < 25; i++) {
      const place = at + i;
      if ((((bits[place >> 4] ?? 0) >> (15 - (place & 15))) & 1) === 0) continue;
      first += ((25 - i) * (26 - i)) / 2;
      last += (i * (i - 1)) / 2;
      ones++;
    }
    const sum = first + this.#next;
    this.#next = 625 * ones - first - last + this.#after;
    this.#after = last;
    return sum;
  }
}

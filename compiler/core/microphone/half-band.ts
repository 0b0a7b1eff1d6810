// SPDX-License-Identifier: Apache-2.0
import { BLOCK, Level } from './level.ts';
import { HALF_CENTRE, HALF_TAPS } from './taps.ts';

const ODD = 2 * HALF_TAPS.length - 1;
const EVEN = HALF_TAPS.length - 1;

/** Decimation by 2 and removal of the constant part: twin of runtime-c/microphone/egru_mic_half.c. */
export class HalfBand {
  readonly #odd = new Int32Array(ODD + BLOCK);
  readonly #even = new Int32Array(EVEN + BLOCK);
  readonly #level = new Level();

  reset(): void {
    this.#odd.fill(0);
    this.#even.fill(0);
    this.#level.reset();
  }

  /** value(i): the 64 inputs of a block, each -2^17 .. 2^17 - 1. */
  block(value: (i: number) => number, pcm: Int16Array): void {
    const odd = this.#odd;
    const even = this.#even;
    for (let i = 0; i < BLOCK; i++) {
      even[EVEN + i] = value(2 * i);
      odd[ODD + i] = value(2 * i + 1);
    }
    for (let m = 0; m < BLOCK; m++) {
      let acc = Math.imul(even[m] ?? 0, HALF_CENTRE);
      for (let k = 0; k < HALF_TAPS.length; k++) {
        const pair = (odd[m + k] ?? 0) + (odd[m + ODD - k] ?? 0);
        acc = (acc + Math.imul(HALF_TAPS[k] ?? 0, pair)) | 0; // at most 13,648 * 2^17
      }
      pcm[m] = this.#level.sample(acc >> 9);
    }
    odd.copyWithin(0, BLOCK);
    even.copyWithin(0, BLOCK);
  }
}

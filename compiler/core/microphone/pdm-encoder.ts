// SPDX-License-Identifier: Apache-2.0
/**
 * What a PDM microphone sends for PCM at 8 kHz: 125 bits per sample. Interpolation by 5 with the decimator's FIR filter,
 * by 25 with a third-order CIC filter, and a second-order sigma-delta modulator; integers all along. docs/NUMERICS.md.
 */
import { PDM_TAPS } from './taps.ts';

const LEGS = 16;
/** 625 * 2^15: the CIC filter's gain times full scale. */
const FULL = 20_480_000;
const LIMIT = 4 * FULL;

const clamp = (value: number) => Math.max(-LIMIT, Math.min(LIMIT, value));
const tap = (k: number) => PDM_TAPS[k < 40 ? k : 79 - k] ?? 0;

export class PdmEncoder {
  readonly #samples = new Int32Array(LEGS);
  readonly #combs = new Int32Array(3);
  readonly #sums = new Int32Array(3);
  #first = 0;
  #second = 0;
  /** What the last bit meant. */
  #feedback = FULL;

  reset(): void {
    this.#samples.fill(0);
    this.#combs.fill(0);
    this.#sums.fill(0);
    this.#first = 0;
    this.#second = 0;
    this.#feedback = FULL;
  }

  /** Bits of any number of samples, 0 or 1 each, 125 per sample. */
  encode(pcm: Int16Array): Uint8Array {
    const bits = new Uint8Array(125 * pcm.length);
    let at = 0;
    for (const sample of pcm) {
      this.#samples.copyWithin(1, 0);
      this.#samples[0] = sample;
      for (let phase = 0; phase < 5; phase++) {
        let acc = 0;
        for (let leg = 0; leg < LEGS; leg++) acc += tap(5 * leg + phase) * (this.#samples[leg] ?? 0);
        // Five phases share 8590: 1718 each. |acc| <= 15,358 * 2^15, so the result is below 2^19.
        this.#hold(Math.floor((acc + 859) / 1718), bits, at);
        at += 25;
      }
    }
    return bits;
  }

  /** 25 bits of one value at 40 kHz. */
  #hold(value: number, bits: Uint8Array, at: number): void {
    const combs = this.#combs;
    const sums = this.#sums;
    let input = value;
    for (let i = 0; i < 3; i++) {
      const before = combs[i] ?? 0;
      combs[i] = input;
      input -= before;
    }
    for (let i = 0; i < 25; i++) {
      sums[0] = (sums[0] ?? 0) + (i === 0 ? input : 0);
      sums[1] = (sums[1] ?? 0) + (sums[0] ?? 0);
      sums[2] = (sums[2] ?? 0) + (sums[1] ?? 0);
      bits[at + i] = this.#bit(sums[2] ?? 0);
    }
  }

  #bit(input: number): number {
    this.#first = clamp(this.#first + input - this.#feedback);
    this.#second = clamp(this.#second + this.#first - this.#feedback);
    const bit = this.#second >= 0 ? 1 : 0;
    this.#feedback = bit === 1 ? FULL : -FULL;
    return bit;
  }
}

/** Bits as the decimators take them: 16 to a half-word, the earliest at the top. A last part is filled with zeros. */
export function packBits(bits: Uint8Array): Uint16Array {
  const words = new Uint16Array(Math.ceil(bits.length / 16));
  bits.forEach((bit, i) => {
    words[i >> 4] = (words[i >> 4] ?? 0) | (bit << (15 - (i & 15)));
  });
  return words;
}

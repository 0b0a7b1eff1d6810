// SPDX-License-Identifier: Apache-2.0
/**
 * The trainer's only source of chance: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2018), period 2^128 - 1, seeded through splitmix32 so that neighbouring seeds share nothing. Integers
 * only, so that a seed means the same on every machine.
 */

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param key a seed and whatever else names the stream (epoch, clip): integers, each taken modulo 2^32 */
  constructor(...key: readonly number[]) {
    let mixed = 0x243f6a88; // any constant: the first bits of pi
    for (const part of key) mixed = mix((mixed + Math.imul(part | 0, 0x9e3779b1)) | 0);
    const next = () => mix((mixed = (mixed + 0x9e3779b9) | 0));
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next() | 1; // the state must not be all zero
  }

  /** 0 .. 2^32 - 1. */
  next(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9);
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = rotate(this.#d, 11);
    return result >>> 0;
  }

  /** [0, 1), a multiple of 2^-32. */
  unit(): number {
    return this.next() / 4294967296;
  }

  /** [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** (-1, 1), an odd multiple of 2^-24: exact as a float32, never an end of the interval. */
  signed(): number {
    return ((this.next() >>> 8) * 2 + 1) / 16777216 - 1;
  }

  /** 0 .. count - 1. The bias is at most count / 2^32. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  /** In place, every order equally likely (Fisher and Yates). */
  shuffle(values: Int32Array): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = values[i] ?? 0;
      values[i] = values[j] ?? 0;
      values[j] = kept;
    }
  }
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** Finalizer of splitmix32 (the constants are those of MurmurHash3's 32-bit finalizer). */
function mix(x: number): number {
  let y = x ^ (x >>> 16);
  y = Math.imul(y, 0x85ebca6b);
  y ^= y >>> 13;
  y = Math.imul(y, 0xc2b2ae35);
  return y ^ (y >>> 16);
}

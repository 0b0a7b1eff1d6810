// SPDX-License-Identifier: Apache-2.0
/** SHA-256 (FIPS 180-4) without a platform: for digests that a page has to compute, too. */

/** Fractional parts of the cube roots of the first 64 primes, 32 bits each; of square roots for the start. */
const primes = firstPrimes(64);
const ROUNDS = Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const START = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const BLOCK = 64;

/**
 * @param data bytes, or text that is hashed as UTF-8
 * @returns 64 hexadecimal digits in lower case
 */
export function sha256(data: string | Uint8Array): string {
  const hash = new Sha256();
  hash.push(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  return hash.hex();
}

/** The same of bytes that come piece by piece. */
export class Sha256 {
  readonly #state = Uint32Array.from(START);
  readonly #words = new Uint32Array(BLOCK);
  /** What is left behind the whole blocks. */
  readonly #rest = new Uint8Array(BLOCK);
  #kept = 0;
  #length = 0;

  push(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let at = 0;
    if (this.#kept > 0) {
      at = Math.min(BLOCK - this.#kept, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#kept);
      this.#kept += at;
      if (this.#kept < BLOCK) return;
      compress(this.#state, this.#words, new DataView(this.#rest.buffer), 0);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; at + BLOCK <= bytes.length; at += BLOCK) compress(this.#state, this.#words, view, at);
    this.#rest.set(bytes.subarray(at));
    this.#kept = bytes.length - at;
  }

  /** Of everything so far, 64 hexadecimal digits in lower case; more may follow. */
  hex(): string {
    const state = Uint32Array.from(this.#state);
    const tail = padded(this.#rest.subarray(0, this.#kept), this.#length);
    for (let at = 0; at < tail.byteLength; at += BLOCK) compress(state, this.#words, tail, at);
    return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
  }
}

/** What is left behind the whole blocks, a 1 bit, zeros, and the length in bits in the last 8 bytes. */
function padded(rest: Uint8Array, length: number): DataView {
  const bytes = new Uint8Array(rest.length + 9 > BLOCK ? 2 * BLOCK : BLOCK);
  bytes.set(rest);
  bytes[rest.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(bytes.length - 4, (length * 8) >>> 0);
  return view;
}

function compress(state: Uint32Array, words: Uint32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) words[i] = view.getUint32(at + 4 * i);
  for (let i = 16; i < BLOCK; i++) {
    const early = words[i - 15] ?? 0;
    const late = words[i - 2] ?? 0;
    const s0 = right(early, 7) ^ right(early, 18) ^ (early >>> 3);
    const s1 = right(late, 17) ^ right(late, 19) ^ (late >>> 10);
    words[i] = (words[i - 16] ?? 0) + s0 + (words[i - 7] ?? 0) + s1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < BLOCK; i++) {
    const s1 = right(e, 6) ^ right(e, 11) ^ right(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + (ROUNDS[i] ?? 0) + (words[i] ?? 0)) | 0;
    const s0 = right(a, 2) ^ right(a, 13) ^ right(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = (state[i] ?? 0) + word;
  });
}

function right(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** A double holds 52 bits behind the point, of which these roots (below 8 and 20) leave at least 48. */
function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32);
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

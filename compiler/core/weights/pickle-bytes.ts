// SPDX-License-Identifier: Apache-2.0
/** The bytes of a pickle, read forwards: numbers, texts and lines, each only where all of its bytes are there. */
import { InputError } from '../base/errors.ts';

export type Fail = (problem: string) => never;

/** A name that begins with a byte order mark is another name: keep the mark. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LATIN = new TextDecoder('latin1');

export class PickleBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where the current opcode stands, and what is read next. */
  #start = 0;
  #at = 0;
  readonly fail: Fail;

  /** @param entry what to call the pickle in messages; @param start where it begins */
  constructor(file: string, entry: string, bytes: Uint8Array, start = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.fail = (problem) => {
      throw new InputError(file, problem, `${entry}, byte ${this.#start}`);
    };
  }

  /** What is read next. */
  get position(): number {
    return this.#at;
  }

  /** The next opcode; messages name its place until the next one is read. */
  opcode(): number {
    this.#start = this.#at;
    return this.u8();
  }

  /** Moves on by n bytes that must be there; @returns where they begin */
  skip(n: number): number {
    const at = this.#at;
    if (n > this.#bytes.length - at) this.fail('the pickle ends too early');
    this.#at = at + n;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.skip(4), true);
  }

  /** Big-endian, as BINFLOAT has it. */
  float(): number {
    return this.#view.getFloat64(this.skip(8), false);
  }

  text(length: number): string {
    const at = this.skip(length);
    return this.#decode(at, at + length);
  }

  /** The rest of a line, as GLOBAL and INST hold their names. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) this.fail('the pickle ends too early');
    const text = this.#decode(this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** A text of Python 2, whose bytes may be of any encoding: Latin-1 holds all of them. */
  latin(length: number): string {
    const at = this.skip(length);
    return LATIN.decode(this.#bytes.subarray(at, at + length));
  }

  /** Little-endian two's complement; null for what a number cannot hold exactly. */
  integer(length: number): number | null {
    const at = this.skip(length);
    if (length > 8) return null;
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = value * 256n + BigInt(this.#view.getUint8(at + i));
    const exact = Number(BigInt.asIntN(8 * length, value));
    return Number.isSafeInteger(exact) ? exact : null;
  }

  #decode(from: number, to: number): string {
    try {
      return UTF8.decode(this.#bytes.subarray(from, to));
    } catch {
      return this.fail('the pickle is damaged: a text is not UTF-8');
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

/** What a decoder throws where the bits make no sense: damage, or the end of what is there. */
export class BrokenBits extends Error {}

/** Bytes behind the end that may be looked at, as zeros. */
export const PADDING = 8;

/** Bits of a buffer, the highest of each byte first. The buffer ends in PADDING bytes that are not read. */
export class BitReader {
  /** Bit that is read next. */
  at = 0;
  #end: number;

  /** @param bytes below 2^28; @param size those that count */
  constructor(
    readonly bytes: Uint8Array,
    size: number,
  ) {
    this.#end = 8 * size;
  }

  /** Other contents, read from the start. */
  restart(size: number): void {
    this.#end = 8 * size;
    this.at = 0;
  }

  /** Whether more was taken than there is. */
  get isBehind(): boolean {
    return this.at > this.#end;
  }

  /** The next 32 bits, as a signed number. */
  peek(): number {
    const { bytes, at } = this;
    const from = at >>> 3;
    if (from + PADDING > bytes.length) throw new BrokenBits('ends within a frame');
    const word =
      ((bytes[from] as number) << 24) |
      ((bytes[from + 1] as number) << 16) |
      ((bytes[from + 2] as number) << 8) |
      (bytes[from + 3] as number);
    const over = at & 7;
    return over === 0 ? word : (word << over) | ((bytes[from + 4] as number) >> (8 - over));
  }

  /** n = 0 .. 32 bits as an unsigned number. */
  unsigned(n: number): number {
    if (n === 0) return 0;
    if (this.at + n > this.#end) throw new BrokenBits('ends within a frame');
    const value = this.peek() >>> (32 - n);
    this.at += n;
    return value;
  }

  /** n = 0 .. 33 bits in two's complement. */
  signed(n: number): number {
    if (n > 32) return this.signed(n - 32) * 2 ** 32 + this.unsigned(32);
    if (n === 0) return 0;
    if (this.at + n > this.#end) throw new BrokenBits('ends within a frame');
    const value = this.peek() >> (32 - n);
    this.at += n;
    return value;
  }

  /** Zeros before the next one, which is read, too. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      if (this.at >= this.#end) throw new BrokenBits('ends within a frame');
      const word = this.peek();
      if (word !== 0) {
        const more = Math.clz32(word);
        this.at += more + 1;
        return zeros + more;
      }
      zeros += 32;
      this.at += 32;
    }
  }

  /** Skips to the next whole byte; the bits between must be zero. */
  align(): void {
    const over = -this.at & 7;
    if (this.unsigned(over) !== 0) throw new BrokenBits('has bits where there is nothing');
  }
}

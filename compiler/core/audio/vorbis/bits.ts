// SPDX-License-Identifier: Apache-2.0

/** The end of a packet, which may come early (Vorbis I, 2.1.8), or bits that make no sense. */
export class PacketEnd extends Error {}

/** What the specification has and this decoder has not. */
export class NotDecoded extends PacketEnd {}

/** Bits of a packet, the lowest of each byte first. */
export class VorbisBits {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  bit(): number {
    const at = this.#at++;
    const byte = this.bytes[at >>> 3];
    if (byte === undefined) throw new PacketEnd('a packet ends early');
    return (byte >> (at & 7)) & 1;
  }

  /** n = 0 .. 32 bits. */
  read(n: number): number {
    let value = 0;
    for (let done = 0; done < n; ) {
      const byte = this.bytes[this.#at >>> 3];
      if (byte === undefined) throw new PacketEnd('a packet ends early');
      const over = this.#at & 7;
      const taken = Math.min(8 - over, n - done);
      value += ((byte >> over) & (2 ** taken - 1)) * 2 ** done;
      done += taken;
      this.#at += taken;
    }
    return value;
  }
}

/** Bits that a whole number has: ilog of the specification. */
export const bitLength = (value: number) => 32 - Math.clz32(value);

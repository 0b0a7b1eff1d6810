// SPDX-License-Identifier: Apache-2.0
import { decodeTable, decodeWide, Op } from './decode.ts';

export const FLASH_SIZE = 0x40000;
export const RAM_START = 0x20000000;
export const RAM_SIZE = 0x8000;

/** Bytes of a program image and where they lie. */
export interface ImageSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Little endian. */
export function readBytes(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = (value << 8) | (bytes[offset + i] ?? 0);
  return value >>> 0;
}

/** Flash and RAM of an ATSAMD21x18 (SAM D21 datasheet, chapter 10), and the predecoded instructions of the flash. */
export class Memory {
  readonly flash8 = new Uint8Array(FLASH_SIZE).fill(0xff);
  readonly flash16 = new Uint16Array(this.flash8.buffer);
  readonly flash32 = new Int32Array(this.flash8.buffer);
  readonly ram8 = new Uint8Array(RAM_SIZE);
  readonly ram16 = new Uint16Array(this.ram8.buffer);
  readonly ram32 = new Int32Array(this.ram8.buffer);
  /** Packed word (decode.ts) of every halfword of flash; HOOK where a hook stands. */
  readonly code = new Int32Array(FLASH_SIZE / 2);
  readonly ramHooks = new Set<number>();
  readonly #hooked = new Set<number>();

  /** Copies a segment into flash or RAM. Throws RangeError if it fits in neither. */
  load(segment: ImageSegment): void {
    const { address, bytes } = segment;
    const end = address + bytes.length;
    if (address >= 0 && end <= FLASH_SIZE) {
      this.flash8.set(bytes, address);
      this.decode(address, bytes.length);
    } else if (address >= RAM_START && end <= RAM_START + RAM_SIZE) {
      this.ram8.set(bytes, address - RAM_START);
    } else {
      throw new RangeError(
        `segment 0x${address.toString(16)}..0x${end.toString(16)} is outside the 256 KB of flash and 32 KB of RAM`,
      );
    }
  }

  /** Brings the predecoded words of a changed piece of flash up to date. */
  decode(address: number, length: number): void {
    const first = Math.max(0, (address >> 1) - 1); // a 32-bit instruction may begin just before
    const last = Math.min(FLASH_SIZE / 2 - 1, (address + length) >> 1);
    for (let i = first; i <= last; i++) this.code[i] = this.#hooked.has(i << 1) ? Op.HOOK : this.#word(i);
  }

  /** Marks or unmarks an even address of flash or RAM as hooked. */
  setHook(address: number, on: boolean): void {
    const set = address < FLASH_SIZE ? this.#hooked : this.ramHooks;
    if (on) set.add(address);
    else set.delete(address);
    if (address < FLASH_SIZE) this.code[address >> 1] = on ? Op.HOOK : this.#word(address >> 1);
  }

  #word(index: number): number {
    const first = this.flash16[index] ?? 0;
    const word = decodeTable[first] ?? Op.UNDEFINED;
    return word === Op.WIDE ? decodeWide(first, this.flash16[index + 1] ?? 0) : word;
  }
}

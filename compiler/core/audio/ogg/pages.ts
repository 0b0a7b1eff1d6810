// SPDX-License-Identifier: Apache-2.0
/** Ogg (RFC 3533): pages of a file, and the packets of its first stream. Damaged pages are passed over. */
import { type ByteSource, fourCharacters } from '../bytes.ts';
import type { Notes } from '../source.ts';

export interface Packet {
  readonly bytes: Uint8Array;
  /** Of the page on which the packet ends, where it is the last one that ends there; otherwise null. */
  readonly granule: number | null;
}

const HEADER = 27;
/** Header, 255 sizes and 255 pieces of 255 bytes. */
const LARGEST = HEADER + 255 + 255 * 255;
/** Packets of sound have some kilobytes; a header with pictures may have more. */
const MAX_PACKET = 1 << 24;

/**
 * The packets of the stream that begins first, in order; others that are multiplexed with it are left out.
 * @param notes gets what is damaged, and what was made of it
 */
export function* packets(bytes: ByteSource, start: number, notes?: Notes): Iterable<Packet> {
  let serial: number | null = null;
  let begun = false; // whether a page was seen that begins no stream: those of all that are multiplexed come first
  let parts: Uint8Array[] = [];
  let length = 0;
  for (let at = start; at + HEADER <= bytes.size; ) {
    const page = bytes.read(at, LARGEST);
    const size = pageSize(page);
    if (size === null) {
      at = nextPage(bytes, at + 1);
      continue;
    }
    at += size;
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    const own = view.getUint32(14, true);
    serial ??= own;
    const begins = ((page[5] ?? 0) & 2) !== 0;
    if (begun && begins) {
      notes?.add('chained streams', 'a second stream begins where the first one ends; the first one is read');
      return;
    }
    begun ||= !begins;
    if (own !== serial) continue;
    // Its packets keep their time, and most of what is in them is right.
    if (notes !== undefined && view.getUint32(CHECKSUM_AT, true) !== pageChecksum(page.subarray(0, size)))
      notes.add('damaged', 'has a page with a wrong checksum; what can be decoded of it is read');
    if (((page[5] ?? 0) & 1) === 0) {
      parts = [];
      length = 0;
    }
    const count = page[26] ?? 0;
    const lastEnd = page.subarray(HEADER, HEADER + count).findLastIndex((lace) => lace < 255);
    // 2^63 - 1 samples would be 6 million years; what is negative means that no packet ends here.
    const granule = view.getInt32(10, true) * 2 ** 32 + view.getUint32(6, true);
    for (let i = 0, from = HEADER + count; i < count; i++) {
      const lace = page[HEADER + i] ?? 0;
      if (length + lace <= MAX_PACKET) parts.push(page.slice(from, from + lace));
      length += lace;
      from += lace;
      if (lace === 255) continue;
      yield {
        bytes: joined(parts, Math.min(length, MAX_PACKET)),
        granule: i === lastEnd && granule >= 0 ? granule : null,
      };
      parts = [];
      length = 0;
    }
  }
}

const CHECKSUM_AT = 22;
/** x^32 + x^26 + ... + 1, the highest bit first, from 0 (RFC 3533, 6). */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});

/** Of a whole page, whose own checksum counts as zeros. */
export function pageChecksum(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= CHECKSUM_AT && i < CHECKSUM_AT + 4 ? 0 : (page[i] as number);
    crc = (crc << 8) ^ (CRC[(crc >>> 24) ^ byte] as number);
  }
  return crc >>> 0;
}

/** Bytes of a whole page; null: there is none. */
function pageSize(page: Uint8Array): number | null {
  if (fourCharacters(page, 0) !== 'OggS' || page[4] !== 0 || page.length < HEADER) return null;
  const count = page[26] ?? 0;
  let size = HEADER + count;
  for (let i = 0; i < count; i++) size += page[HEADER + i] ?? 0;
  return size <= page.length ? size : null;
}

function nextPage(bytes: ByteSource, from: number): number {
  for (let at = from; at < bytes.size; at += LARGEST - 3) {
    const window = bytes.read(at, LARGEST);
    for (let i = 0; i + 4 <= window.length; i++) {
      if (window[i] === 0x4f && fourCharacters(window, i) === 'OggS') return at + i;
    }
  }
  return bytes.size;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

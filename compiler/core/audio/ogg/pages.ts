// SPDX-License-Identifier: Apache-2.0
/** Ogg (RFC 3533): pages of a file, and the packets of its first stream. Damaged pages are passed over. */
import { type ByteSource, fourCharacters } from '../bytes.ts';

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

/** The packets of the stream that begins first, in order; others that are multiplexed with it are left out. */
export function* packets(bytes: ByteSource, start: number): Iterable<Packet> {
  let serial: number | null = null;
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
    if (own !== serial) continue;
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

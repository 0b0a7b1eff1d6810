// SPDX-License-Identifier: Apache-2.0
/**
 * The model's region of flash (twin of firmware/app/model/region.h): a header of one row, then code and constants, linked on
 * their own at the chip's modelStart. The bytes from there on state which model they are, and whether it is whole.
 */
import { hexBytes, hexDigits, utf8 } from '../../core/base/bytes.ts';
import { crc32 } from '../../core/base/crc32.ts';
import { sha256 } from '../../core/base/sha256.ts';

export const REGION_MAGIC = 0x55524765;
export const REGION_ABI_VERSION = 2;
/** Bytes of stack that a step may take. */
export const REGION_STACK = 1024;
/** Bytes of the header: one row. */
export const REGION_HEADER = 256;
/** What the checksum begins with. */
const CHECKED = 16;
const MAX_TEXT = 4096;

const OFFSET = {
  ...{ magic: 0, abi: 4, length: 8, crc: 12, entry: 16, name: 20, compiler: 24, toolchain: 28, kernel: 32 },
  ...{ stack: 36, digest: 40, weights: 72, program: 104, vectors: 136, reserved: 168 },
};

export interface RegionHeader {
  readonly address: number;
  readonly abi: number;
  /** Bytes from the header on. */
  readonly length: number;
  readonly crc: number;
  readonly entry: number;
  readonly name: string;
  readonly compiler: string;
  readonly toolchain: string;
  readonly kernel: string;
  /** Bytes of stack of a step, proven. */
  readonly stack: number;
  /** SHA-256, hex: of the bytes behind the header, the weights' file, program.json, the golden vectors. */
  readonly digest: string;
  readonly weights: string;
  readonly program: string;
  readonly vectors: string;
  /** null: whole. Otherwise what is wrong with it. */
  readonly damage: string | null;
}

/** Enters what is known only after the link: stack, digest, checksum. The bytes are those from the header on. */
export function sealRegion(bytes: Uint8Array, stack: number): Uint8Array {
  const sealed = Uint8Array.from(bytes);
  const view = new DataView(sealed.buffer);
  view.setUint32(OFFSET.stack, stack, true);
  sealed.set(hexBytes(digestOf(sealed)), OFFSET.digest);
  view.setUint32(OFFSET.crc, crc32(sealed.subarray(CHECKED)), true);
  return sealed;
}

/** The same model with another checksum: a mark in what its header reserves. @param region a whole one */
export function markRegion(region: Uint8Array): Uint8Array {
  const marked = Uint8Array.from(region);
  marked.fill(0, OFFSET.reserved, REGION_HEADER);
  return sealRegion(marked, new DataView(marked.buffer).getUint32(OFFSET.stack, true));
}

/** @param bytes flash from the address start on, longer than the region or not; null where they begin with no header */
export function readRegion(bytes: Uint8Array, start: number): RegionHeader | null {
  if (bytes.length < REGION_HEADER) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (offset: number) => view.getUint32(offset, true);
  if (word(OFFSET.magic) !== REGION_MAGIC) return null;
  const hex = (offset: number) => hexDigits(bytes.subarray(offset, offset + 32));
  const length = word(OFFSET.length);
  const region = bytes.subarray(0, length);
  return {
    address: start,
    ...{ abi: word(OFFSET.abi), length, crc: word(OFFSET.crc), entry: word(OFFSET.entry) },
    name: text(region, word(OFFSET.name), start),
    compiler: text(region, word(OFFSET.compiler), start),
    toolchain: text(region, word(OFFSET.toolchain), start),
    kernel: text(region, word(OFFSET.kernel), start),
    stack: word(OFFSET.stack),
    ...{ digest: hex(OFFSET.digest), weights: hex(OFFSET.weights) },
    ...{ program: hex(OFFSET.program), vectors: hex(OFFSET.vectors) },
    damage: damageOf(bytes, {
      length,
      abi: word(OFFSET.abi),
      crc: word(OFFSET.crc),
      stack: word(OFFSET.stack),
      entry: word(OFFSET.entry) - start,
    }),
  };
}

function damageOf(
  bytes: Uint8Array,
  { length, abi, crc, stack, entry }: Pick<RegionHeader, 'length' | 'abi' | 'crc' | 'stack' | 'entry'>,
): string | null {
  if (abi !== REGION_ABI_VERSION)
    return `for version ${abi} of the application, this one is ${REGION_ABI_VERSION}`;
  if (length < REGION_HEADER || length > bytes.length) return `states a length of ${length} bytes`;
  const region = bytes.subarray(0, length);
  if (crc32(region.subarray(CHECKED)) !== crc) return 'its checksum is wrong';
  const digest = region.subarray(OFFSET.digest, OFFSET.digest + 32);
  if (hexDigits(digest) !== digestOf(region)) return 'its digest is wrong';
  if (entry < REGION_HEADER || entry >= length) return 'its entry lies outside of it';
  return stack <= REGION_STACK
    ? null
    : `a step uses ${stack} bytes of stack, but may use only ${REGION_STACK}`;
}

function digestOf(region: Uint8Array): string {
  return sha256(region.subarray(REGION_HEADER));
}

/** A text that ends in NUL; empty where none stands at the address. */
function text(region: Uint8Array, address: number, start: number): string {
  const at = address - start;
  if (at < REGION_HEADER || at >= region.length) return '';
  const end = region.subarray(at, at + MAX_TEXT).indexOf(0);
  return end < 0 ? '' : utf8(region.subarray(at, at + end));
}

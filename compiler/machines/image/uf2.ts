// SPDX-License-Identifier: Apache-2.0
/**
 * UF2 (github.com/microsoft/uf2, README): blocks of 512 bytes, each complete in itself, that a bootloader recognises
 * by their magic numbers while they are written to its drive.
 */

import type { Chip } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';

const BLOCK = 512;
const HEADER = 32;
/** A row of the chip's flash: what the bootloader erases and writes at once. */
export const UF2_PAYLOAD = 256;
const MAGIC_START_0 = 0x0a324655;
const MAGIC_START_1 = 0x9e5d5157;
const MAGIC_END = 0x0ab16f30;
const FLAG_NOT_MAIN_FLASH = 0x0001;
const FLAG_FILE_CONTAINER = 0x1000;
const FLAG_FAMILY = 0x2000;
const MAGIC_END_AT = BLOCK - 4;
/** No flash of these chips is longer than 1 MB. */
const MAX_BLOCKS = (1 << 20) / UF2_PAYLOAD;

/** What a UF2 file writes. */
export interface Uf2Image {
  readonly family: number;
  /** Address of the first byte. */
  readonly address: number;
  /** A multiple of UF2_PAYLOAD bytes. */
  readonly bytes: Uint8Array;
}

/**
 * @param image from `address` (a multiple of 256) on; filled with 0xff, which is erased flash, to whole blocks
 */
export function writeUf2(image: Uint8Array, address: number, family: number): Uint8Array {
  if (address % UF2_PAYLOAD !== 0)
    throw new Error(`UF2 blocks start at multiples of ${UF2_PAYLOAD}, not at ${address}`);
  return blocks(image, address, FLAG_FAMILY, family);
}

/** One block of zeros that no bootloader writes to flash, but counts. */
export function noFlashUf2(family: number): Uint8Array {
  return blocks(new Uint8Array(UF2_PAYLOAD), 0, FLAG_FAMILY | FLAG_NOT_MAIN_FLASH, family);
}

function blocks(image: Uint8Array, address: number, flags: number, family: number): Uint8Array {
  const count = Math.ceil(image.length / UF2_PAYLOAD);
  if (count === 0) throw new Error('an empty image makes no UF2 file');
  const file = new Uint8Array(count * BLOCK);
  const view = new DataView(file.buffer);
  for (let index = 0; index < count; index++) {
    const at = index * BLOCK;
    const header = [
      ...[MAGIC_START_0, MAGIC_START_1, flags, address + index * UF2_PAYLOAD],
      ...[UF2_PAYLOAD, index, count, family],
    ];
    header.forEach((word, i) => {
      view.setUint32(at + 4 * i, word, true);
    });
    file.fill(0xff, at + HEADER, at + HEADER + UF2_PAYLOAD);
    file.set(image.subarray(index * UF2_PAYLOAD, (index + 1) * UF2_PAYLOAD), at + HEADER);
    view.setUint32(at + MAGIC_END_AT, MAGIC_END, true);
  }
  return file;
}

/**
 * Reads a UF2 file back, as strictly as a bootloader could: every block once, in any order, together one piece of
 * flash without holes.
 * @param name for messages
 * @throws InputError that names the block
 */
export function readUf2(file: Uint8Array, name: string): Uf2Image {
  if (file.length === 0 || file.length % BLOCK !== 0) {
    throw new InputError(name, `not a UF2 file: ${file.length} bytes are not whole blocks of ${BLOCK}`);
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = file.length / BLOCK;
  if (count > MAX_BLOCKS)
    throw new InputError(name, `has ${count} blocks of 256 bytes, more than any flash here holds`);
  const family = view.getUint32(28, true);
  const seen = new Map<number, { readonly address: number; readonly at: number }>();
  for (let block = 0; block < count; block++) {
    const at = block * BLOCK;
    const word = (offset: number) => view.getUint32(at + offset, true);
    const refuse = (problem: string): never => {
      throw new InputError(name, problem, `block ${block} of ${count}`);
    };
    if (word(0) !== MAGIC_START_0 || word(4) !== MAGIC_START_1 || word(MAGIC_END_AT) !== MAGIC_END) {
      refuse('not a UF2 block: a magic number is wrong');
    }
    if ((word(8) & (FLAG_NOT_MAIN_FLASH | FLAG_FILE_CONTAINER)) !== 0)
      refuse('the block is not for the main flash');
    if ((word(8) & FLAG_FAMILY) === 0) refuse('the block has no chip family');
    if (word(28) !== family) refuse('the family differs from the first block');
    if (word(16) !== UF2_PAYLOAD) refuse(`payload of ${word(16)} bytes; the SAMD21 needs ${UF2_PAYLOAD}`);
    if (word(12) % UF2_PAYLOAD !== 0) refuse(`address ${hex(word(12), 8)} is not the start of a flash row`);
    if (word(24) !== count) refuse(`the file should have ${word(24)} blocks`);
    if (word(20) >= count) refuse(`block number ${word(20)} is too large`);
    if (seen.has(word(20))) refuse(`block number ${word(20)} appears twice`);
    seen.set(word(20), { address: word(12), at: at + HEADER });
  }
  const address = seen.get(0)?.address ?? 0;
  const bytes = new Uint8Array(count * UF2_PAYLOAD);
  for (const [number, block] of seen) {
    const expected = address + number * UF2_PAYLOAD;
    if (block.address !== expected) {
      throw new InputError(
        name,
        `address ${hex(block.address, 8)} instead of ${hex(expected, 8)}`,
        `block number ${number}`,
      );
    }
    bytes.set(file.subarray(block.at, block.at + UF2_PAYLOAD), number * UF2_PAYLOAD);
  }
  return { family, address, bytes };
}

/** The chip of a UF2 file. @throws InputError where it is none of those */
export function familyChip(family: number, name: string, known: readonly Chip[]): Chip {
  const chip = known.find(({ uf2Family }) => uf2Family === family);
  if (chip !== undefined) return chip;
  const families = known.map((candidate) => candidate.family).join(' or ');
  throw new InputError(name, `for the family ${hex(family)}, not the ${families}`, 'block 0');
}

// SPDX-License-Identifier: Apache-2.0
/** What is to be flashed, from an ELF, BIN or UF2 file, and whether a board could start it. */

import { type Board, boards, type Chip, chips, type Microphone, ramEnd } from '../../boards/boards.ts';
import { latin1 } from '../../core/base/bytes.ts';
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';
import { parseElf } from './elf.ts';
import { elfFlash } from './elf-flash.ts';
import { checkElfMemory } from './elf-memory.ts';
import { readRegion } from './region.ts';
import { familyChip, readUf2 } from './uf2.ts';

/** A piece of flash. */
export interface FlashImage {
  /** For messages: the file's name. */
  readonly name: string;
  readonly address: number;
  readonly bytes: Uint8Array;
}

const VECTORS = 16;
/** Reset, NMI and hard fault: what every application has to have. */
const NEEDED_VECTORS = [1, 2, 3];

/**
 * @param name for messages; the kind of file is known by its contents
 * @throws InputError where it is damaged, for another chip, or no application for this board
 */
export function readApplication(file: Uint8Array, name: string, board: Board): FlashImage {
  const image = readImage(file, name, [board.chip]);
  checkRange(image, board);
  checkVectors(image, board);
  checkName(image, board);
  return image;
}

/**
 * A model's region, whole, for a chip. @param name for messages
 * @throws InputError where it is damaged, for another application, or no model
 */
export function readModelImage(file: Uint8Array, name: string, chip: Chip): FlashImage {
  const magic = latin1(file.subarray(0, 4));
  const bytes = magic === 'eGRU' ? file : regionOf(readImage(file, name, [chip]), chip);
  const record = readRegion(bytes, chip.modelStart);
  if (record === null)
    throw new InputError(name, 'holds no model: give model.bin, model.uf2 or a whole firmware image');
  if (record.damage !== null) throw new InputError(name, `the model in it is damaged: ${record.damage}`);
  return { name, address: chip.modelStart, bytes: bytes.subarray(0, record.length) };
}

/** What an image has from the model's region on. */
function regionOf({ address, bytes }: FlashImage, { modelStart }: Chip): Uint8Array {
  return bytes.subarray(Math.max(0, modelStart - address));
}

/** Boards whose names stand in the bytes. */
function boardsNamed(bytes: Uint8Array): Board[] {
  const text = latin1(bytes);
  return Object.values(boards).filter((candidate) => text.includes(candidate.name));
}

/** What firmware of ours was built for, by the text that it answers `info` with; null: it has no such text. */
export function boardOf({ bytes }: FlashImage): { board: Board; microphone: Microphone } | null {
  const [, name, mic] = / board (\w+) mic (i2s|pdm|adc)\0/.exec(latin1(bytes)) ?? [];
  const board = Object.values(boards).find((candidate) => candidate.name === name);
  const microphone = board?.microphones.find((candidate) => candidate.name === mic);
  return board === undefined || microphone === undefined ? null : { board, microphone };
}

/** Our firmware contains its board's name (the answer to `info`): one with only another's has other pins. */
function checkName({ name, bytes }: FlashImage, board: Board): void {
  const named = boardsNamed(bytes);
  if (named.length === 0 || named.includes(board)) return;
  const titles = named.map(({ title }) => title).join(', ');
  throw new InputError(name, `was built for the ${titles}, not for the ${board.title}`, '--board');
}

/**
 * Any piece of flash in an ELF, UF2 or BIN file; a BIN file is taken for an application of the first chip.
 * @throws InputError where it is damaged or for none of the chips
 */
export function readImage(file: Uint8Array, name: string, known: readonly Chip[] = chips): FlashImage {
  const magic = latin1(file.subarray(0, 4));
  if (magic === 'UF2\n') {
    const { family, address, bytes } = readUf2(file, name);
    familyChip(family, name, known);
    return { name, address, bytes };
  }
  if (magic === '\x7fELF') {
    const elf = parseElf(file, name);
    checkElfMemory(elf, name, known);
    return { name, ...elfFlash(elf, name) };
  }
  if (file.length === 0) throw new InputError(name, 'is empty');
  return { name, address: known[0]?.applicationStart ?? 0, bytes: file };
}

/** Whether an image lies in the flash that applications have. Also for a part of it, such as a model. */
export function checkRange({ name, address, bytes }: FlashImage, board: Board): void {
  if (address < board.chip.applicationStart) {
    throw new InputError(name, `starts at ${hex(address)}, where the bootloader is`, board.title);
  }
  const end = address + bytes.length;
  if (end > board.chip.flashBytes) {
    throw new InputError(
      name,
      `ends at ${hex(end)}, behind the flash of the ${board.chip.name}`,
      board.title,
    );
  }
}

/** Whether an image begins with what the core needs to start (Armv6-M Architecture Reference Manual, B1.5.3). */
function checkVectors({ name, address, bytes }: FlashImage, board: Board): void {
  const { applicationStart, ramStart } = board.chip;
  const refuse = (problem: string): never => {
    throw new InputError(name, `is not firmware for ${hex(applicationStart)}: ${problem}`, board.title);
  };
  if (address !== applicationStart) refuse(`it starts at ${hex(address)}`);
  if (bytes.length < 4 * VECTORS) refuse(`${bytes.length} bytes hold no vector table`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack = view.getUint32(0, true);
  if (stack % 4 !== 0 || stack <= ramStart || stack > ramEnd(board.chip)) {
    refuse(`its stack would start at ${hex(stack)}`);
  }
  for (const vector of NEEDED_VECTORS) {
    const handler = view.getUint32(4 * vector, true);
    if (handler % 2 === 0 || handler < address + 4 * VECTORS || handler >= address + bytes.length) {
      refuse(`vector ${vector} is ${hex(handler)}`);
    }
  }
}

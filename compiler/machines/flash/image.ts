// SPDX-License-Identifier: Apache-2.0
/** What is to be flashed, from an ELF, BIN or UF2 file, and whether a board could start it. */

import {
  APPLICATION_START,
  type Board,
  boards,
  type Microphone,
  MODEL_START,
  UF2_FAMILY,
} from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { parseElf } from '../toolchain/elf.ts';
import { elfFlash } from '../toolchain/elf-flash.ts';
import { readRegion } from '../toolchain/region.ts';
import { readUf2 } from '../toolchain/uf2.ts';

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
 * @param name for messages; the kind of file is told by its contents
 * @throws InputError where it is damaged, for another chip, or no application for this board
 */
export function readApplication(file: Uint8Array, name: string, board: Board): FlashImage {
  const image = readImage(file, name);
  checkRange(image, board);
  checkVectors(image, board);
  checkName(image, board);
  return image;
}

/**
 * A model's region, whole. @param name for messages
 * @throws InputError where it is damaged, for another application, or no model
 */
export function readModelImage(file: Uint8Array, name: string): FlashImage {
  const magic = Buffer.from(file.subarray(0, 4)).toString('latin1');
  const bytes = magic === 'eGRU' ? file : regionOf(readImage(file, name));
  const record = readRegion(bytes);
  if (record === null)
    throw new InputError(name, 'holds no model: give model.bin, model.uf2 or a whole firmware image');
  if (record.damage !== null) throw new InputError(name, `the model in it is damaged: ${record.damage}`);
  return { name, address: MODEL_START, bytes: bytes.subarray(0, record.length) };
}

/** What an image has from MODEL_START on. */
function regionOf({ address, bytes }: FlashImage): Uint8Array {
  return bytes.subarray(Math.max(0, MODEL_START - address));
}

/** Boards whose names stand in the bytes. */
function boardsNamed(bytes: Uint8Array): Board[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Object.values(boards).filter((candidate) => text.includes(candidate.name));
}

/** What firmware of ours was built for, by the text that it answers `info` with; null: it has no such text. */
export function boardOf({ bytes }: FlashImage): { board: Board; microphone: Microphone } | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const [, name, mic] = / board (\w+) mic (i2s|pdm|adc)\0/.exec(text) ?? [];
  const board = Object.values(boards).find((candidate) => candidate.name === name);
  const microphone = board?.microphones.find((candidate) => candidate.name === mic);
  return board === undefined || microphone === undefined ? null : { board, microphone };
}

/** Firmware of ours says its board's name (the answer to `info`): one that only says another's has other pins. */
function checkName({ name, bytes }: FlashImage, board: Board): void {
  const said = boardsNamed(bytes);
  if (said.length === 0 || said.includes(board)) return;
  const titles = said.map(({ title }) => title).join(', ');
  throw new InputError(name, `was built for the ${titles}, not for the ${board.title}`, '--board');
}

/** Any piece of flash in an ELF, UF2 or BIN file. @throws InputError where it is damaged or for another chip */
export function readImage(file: Uint8Array, name: string): FlashImage {
  const magic = Buffer.from(file.subarray(0, 4)).toString('latin1');
  if (magic === 'UF2\n') {
    const { family, address, bytes } = readUf2(file, name);
    if (family !== UF2_FAMILY) throw new InputError(name, `for the family ${hex(family)}, not the SAMD21`);
    return { name, address, bytes };
  }
  if (magic === '\x7fELF') return { name, ...elfFlash(parseElf(file, name), name) };
  if (file.length === 0) throw new InputError(name, 'is empty');
  return { name, address: APPLICATION_START, bytes: file };
}

/** Whether an image lies in the flash that applications have. Also for a part of it, such as a model. */
export function checkRange({ name, address, bytes }: FlashImage, board: Board): void {
  if (address < APPLICATION_START) {
    throw new InputError(name, `begins at ${hex(address)}, where the bootloader is`, board.title);
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
  const refuse = (problem: string): never => {
    throw new InputError(name, `is no firmware for ${hex(APPLICATION_START)}: ${problem}`, board.title);
  };
  if (address !== APPLICATION_START) refuse(`it begins at ${hex(address)}`);
  if (bytes.length < 4 * VECTORS) refuse(`${bytes.length} bytes hold no vector table`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack = view.getUint32(0, true);
  if (stack % 4 !== 0 || stack <= board.chip.ramStart || stack > board.chip.ramStart + board.chip.ramBytes) {
    refuse(`its stack would begin at ${hex(stack)}`);
  }
  for (const vector of NEEDED_VECTORS) {
    const handler = view.getUint32(4 * vector, true);
    if (handler % 2 === 0 || handler < address + 4 * VECTORS || handler >= address + bytes.length) {
      refuse(`vector ${vector} is ${hex(handler)}`);
    }
  }
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

// SPDX-License-Identifier: Apache-2.0
/** What is inside a firmware image: memory, blocks, and which model it carries. */

import { type Chip, chips, ramEnd } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';
import {
  FLAG_ALLOCATED,
  FLAG_EXECUTABLE,
  FLAG_WRITE,
  parseElf,
  TYPE_NOBITS,
} from '../../machines/image/elf.ts';
import { elfFlash } from '../../machines/image/elf-flash.ts';
import { checkElfMemory } from '../../machines/image/elf-memory.ts';
import { imageDigest } from '../../machines/image/image-digest.ts';
import { findModels, type ImageModel } from '../../machines/image/model-record.ts';
import { type RegionHeader, readRegion } from '../../machines/image/region.ts';
import { imageSize } from '../../machines/image/size.ts';
import { familyChip, readUf2 } from '../../machines/image/uf2.ts';

export interface ImageSection {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  readonly memory: 'flash' | 'RAM' | 'both';
  readonly code: boolean;
}

export interface ElfInspection {
  readonly kind: 'elf';
  readonly sections: readonly ImageSection[];
  readonly flash: number;
  readonly ram: number;
  /** Of what is flashed (image/image-digest.ts): the same for ELF, BIN and UF2. */
  readonly sha256: string;
  readonly models: readonly ImageModel[];
  /** What the header of the model's region states; null where there is none. */
  readonly region: RegionHeader | null;
}

/** A UF2 file, or the bytes of flash as they are. */
export interface FlashInspection {
  readonly kind: 'uf2' | 'bin';
  readonly address: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Of a UF2 file. */
  readonly family: number | null;
  readonly blocks: number | null;
  /** First two words of the vector table; null where the model's region stands alone. */
  readonly stackPointer: number | null;
  readonly resetHandler: number | null;
  readonly models: readonly ImageModel[];
  readonly region: RegionHeader | null;
}

export function isElf(file: Uint8Array): boolean {
  return Buffer.from(file.subarray(0, 4)).toString('latin1') === '\x7fELF';
}

export function isUf2(file: Uint8Array): boolean {
  return Buffer.from(file.subarray(0, 4)).toString('latin1') === 'UF2\n';
}

/** @throws InputError where the file is damaged */
export function inspectElf(file: Uint8Array, name: string, known: readonly Chip[] = chips): ElfInspection {
  const elf = parseElf(file, name);
  checkElfMemory(elf, name, known);
  const allocated = elf.sections.filter(({ flags, size }) => (flags & FLAG_ALLOCATED) !== 0 && size > 0);
  const sections = allocated.map(({ name: section, address, size, flags, type }): ImageSection => {
    const writable = (flags & FLAG_WRITE) !== 0;
    const memory = type === TYPE_NOBITS ? 'RAM' : writable ? 'both' : 'flash';
    return { name: section, address, size, memory, code: (flags & FLAG_EXECUTABLE) !== 0 };
  });
  const flash = elfFlash(elf, name);
  const models = findModels(flash, name);
  const region = known.map((chip) => regionOf(flash, chip)).find((found) => found !== null) ?? null;
  return { kind: 'elf', sections, ...imageSize(elf), sha256: imageDigest(flash.bytes), models, region };
}

/** The model's region of a chip in a piece of flash; null where there is none. */
function regionOf({ address, bytes }: { address: number; bytes: Uint8Array }, { modelStart }: Chip) {
  return address <= modelStart ? readRegion(bytes.subarray(modelStart - address), modelStart) : null;
}

/** Checks every block, and that a chip could start the image, or run the model. @throws InputError otherwise */
export function inspectUf2(file: Uint8Array, name: string, known: readonly Chip[] = chips): FlashInspection {
  const { family, address, bytes } = readUf2(file, name);
  const chip = familyChip(family, name, known);
  if (address < chip.applicationStart) {
    throw new InputError(name, `writes to ${hex(address)}, where the bootloader is`, 'block 0');
  }
  checkFlash(address, bytes.length, name, chip);
  return { kind: 'uf2', family, blocks: file.length / 512, ...inspectFlash(bytes, address, name, chip) };
}

/** The bytes of a BIN file: a model's region by its header, an application by its vector table. */
export function inspectBin(file: Uint8Array, name: string, known: readonly Chip[] = chips): FlashInspection {
  const suitable = known.filter((candidate) => suits(file, candidate));
  // A vector table may suit several chips: then the one at whose place there is a model.
  const whole = suitable.find((candidate) =>
    regionOf({ address: candidate.applicationStart, bytes: file }, candidate),
  );
  const chip = whole ?? suitable[0] ?? known[0];
  if (chip === undefined) throw new Error('no chip is known');
  const { applicationStart, modelStart } = chip;
  const address = readRegion(file, modelStart) === null ? applicationStart : modelStart;
  checkFlash(address, file.length, name, chip);
  return { kind: 'bin', family: null, blocks: null, ...inspectFlash(file, address, name, chip) };
}

function checkFlash(address: number, length: number, name: string, chip: Chip): void {
  if (address + length <= chip.flashBytes) return;
  throw new InputError(
    name,
    `${length} bytes from ${hex(address)} on end behind the flash of the ${chip.name}`,
  );
}

/** Whether a model's region has its step, or a vector table its stack and start, in this chip's memory. */
function suits(file: Uint8Array, chip: Chip): boolean {
  const region = readRegion(file, chip.modelStart);
  if (region === null) return starts(vectorsOf(file), file, chip.applicationStart, chip);
  return region.entry >= chip.modelStart && region.entry < chip.modelStart + file.length;
}

/** First two words of a vector table; zeros where the bytes are too few. */
function vectorsOf(bytes: Uint8Array): { stackPointer: number; resetHandler: number } {
  if (bytes.length < 8) return { stackPointer: 0, resetHandler: 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { stackPointer: view.getUint32(0, true), resetHandler: view.getUint32(4, true) };
}

function starts(
  { stackPointer, resetHandler }: ReturnType<typeof vectorsOf>,
  bytes: Uint8Array,
  address: number,
  chip: Chip,
): boolean {
  const inRam = stackPointer > chip.ramStart && stackPointer <= ramEnd(chip);
  return inRam && resetHandler % 2 === 1 && resetHandler > address && resetHandler < address + bytes.length;
}

function inspectFlash(
  bytes: Uint8Array,
  address: number,
  name: string,
  chip: Chip,
): Omit<FlashInspection, 'kind' | 'family' | 'blocks'> {
  const sha256 = imageDigest(bytes);
  const common = { address, bytes: bytes.length, sha256, models: findModels({ address, bytes }, name) };
  const region = regionOf({ address, bytes }, chip);
  if (address === chip.modelStart && region !== null)
    return { ...common, stackPointer: null, resetHandler: null, region };
  const vectors = vectorsOf(bytes);
  if (!starts(vectors, bytes, address, chip)) {
    throw new InputError(name, 'does not begin with a vector table', `address ${hex(address)}`);
  }
  return { ...common, ...vectors, region };
}

// SPDX-License-Identifier: Apache-2.0
/** What is inside a firmware image: memory, blocks, and which model it carries. */

import { APPLICATION_START, MODEL_START, UF2_FAMILY } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import {
  FLAG_ALLOCATED,
  FLAG_EXECUTABLE,
  FLAG_WRITE,
  parseElf,
  TYPE_NOBITS,
} from '../../machines/toolchain/elf.ts';
import { elfFlash } from '../../machines/toolchain/elf-flash.ts';
import { imageDigest } from '../../machines/toolchain/image-digest.ts';
import { type RegionRecord, readRegion } from '../../machines/toolchain/region.ts';
import { imageSize } from '../../machines/toolchain/size.ts';
import { readUf2 } from '../../machines/toolchain/uf2.ts';
import { findModels, type ModelRecord } from './model-record.ts';

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
  /** Of what is flashed (toolchain/image-digest.ts): the same for ELF, BIN and UF2. */
  readonly sha256: string;
  readonly models: readonly ModelRecord[];
  /** What the header of the model's region states; null where there is none. */
  readonly region: RegionRecord | null;
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
  readonly models: readonly ModelRecord[];
  readonly region: RegionRecord | null;
}

export function isElf(file: Uint8Array): boolean {
  return Buffer.from(file.subarray(0, 4)).toString('latin1') === '\x7fELF';
}

export function isUf2(file: Uint8Array): boolean {
  return Buffer.from(file.subarray(0, 4)).toString('latin1') === 'UF2\n';
}

/** @throws InputError where the file is damaged */
export function inspectElf(file: Uint8Array, name: string): ElfInspection {
  const elf = parseElf(file, name);
  const allocated = elf.sections.filter(({ flags, size }) => (flags & FLAG_ALLOCATED) !== 0 && size > 0);
  const sections = allocated.map(({ name: section, address, size, flags, type }): ImageSection => {
    const writable = (flags & FLAG_WRITE) !== 0;
    const memory = type === TYPE_NOBITS ? 'RAM' : writable ? 'both' : 'flash';
    return { name: section, address, size, memory, code: (flags & FLAG_EXECUTABLE) !== 0 };
  });
  const constant = allocated.filter(({ flags, type }) => type !== TYPE_NOBITS && (flags & FLAG_WRITE) === 0);
  const region = constant.filter(({ address }) => address >= MODEL_START);
  const end = Math.max(MODEL_START, ...region.map(({ address, size }) => address + size));
  const bytes = new Uint8Array(end - MODEL_START).fill(0xff);
  for (const section of region) bytes.set(section.bytes, section.address - MODEL_START);
  const models = findModels(constant);
  const sha256 = imageDigest(elfFlash(elf, name).bytes);
  return { kind: 'elf', sections, ...imageSize(elf), sha256, models, region: readRegion(bytes) };
}

/** Checks every block, and that a SAMD21 could start the image, or run the model. @throws InputError otherwise */
export function inspectUf2(file: Uint8Array, name: string): FlashInspection {
  const { family, address, bytes } = readUf2(file, name);
  if (family !== UF2_FAMILY) {
    throw new InputError(name, `for the family 0x${family.toString(16)}, not the SAMD21`, 'block 0');
  }
  if (address < APPLICATION_START) {
    throw new InputError(name, `writes to 0x${address.toString(16)}, where the bootloader is`, 'block 0');
  }
  return { kind: 'uf2', family, blocks: file.length / 512, ...inspectFlash(bytes, address, name) };
}

/** The bytes of a BIN file: a model's region by its header, an application by its vector table. */
export function inspectBin(file: Uint8Array, name: string): FlashInspection {
  const address = readRegion(file) === null ? APPLICATION_START : MODEL_START;
  return { kind: 'bin', family: null, blocks: null, ...inspectFlash(file, address, name) };
}

function inspectFlash(
  bytes: Uint8Array,
  address: number,
  name: string,
): Omit<FlashInspection, 'kind' | 'family' | 'blocks'> {
  const sha256 = imageDigest(bytes);
  const common = { address, bytes: bytes.length, sha256, models: findModels([{ address, bytes }]) };
  const region = address <= MODEL_START ? readRegion(bytes.subarray(MODEL_START - address)) : null;
  if (address === MODEL_START && region !== null)
    return { ...common, stackPointer: null, resetHandler: null, region };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stackPointer = bytes.length < 8 ? 0 : view.getUint32(0, true);
  const resetHandler = bytes.length < 8 ? 0 : view.getUint32(4, true);
  if (
    stackPointer >>> 16 !== 0x2000 ||
    resetHandler % 2 === 0 ||
    resetHandler < address ||
    resetHandler > address + bytes.length
  ) {
    throw new InputError(name, 'does not begin with a vector table', `address 0x${address.toString(16)}`);
  }
  return { ...common, stackPointer, resetHandler, region };
}

// SPDX-License-Identifier: Apache-2.0
/** What is inside a firmware image: memory, blocks, and which model it carries. */
import { InputError } from '../base/errors.ts';
import { APPLICATION_START } from '../toolchain/boards.ts';
import { FLAG_ALLOCATED, FLAG_EXECUTABLE, FLAG_WRITE, parseElf, TYPE_NOBITS } from '../toolchain/elf.ts';
import { imageSize } from '../toolchain/size.ts';
import { readUf2, SAMD21_FAMILY } from '../toolchain/uf2.ts';
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
  readonly models: readonly ModelRecord[];
}

export interface Uf2Inspection {
  readonly kind: 'uf2';
  readonly family: number;
  readonly address: number;
  readonly blocks: number;
  readonly bytes: number;
  /** First two words of the vector table. */
  readonly stackPointer: number;
  readonly resetHandler: number;
  readonly models: readonly ModelRecord[];
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
  return { kind: 'elf', sections, ...imageSize(elf), models: findModels(constant) };
}

/** Checks every block, and that a SAMD21 could start the image. @throws InputError otherwise */
export function inspectUf2(file: Uint8Array, name: string): Uf2Inspection {
  const { family, address, bytes } = readUf2(file, name);
  if (family !== SAMD21_FAMILY) {
    throw new InputError(name, `for the family 0x${family.toString(16)}, not the SAMD21`, 'block 0');
  }
  if (address < APPLICATION_START) {
    throw new InputError(name, `writes to 0x${address.toString(16)}, where the bootloader is`, 'block 0');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stackPointer = view.getUint32(0, true);
  const resetHandler = view.getUint32(4, true);
  const end = address + bytes.length;
  if (
    stackPointer >>> 16 !== 0x2000 ||
    resetHandler % 2 === 0 ||
    resetHandler < address ||
    resetHandler > end
  ) {
    throw new InputError(name, 'does not begin with a vector table', `address 0x${address.toString(16)}`);
  }
  return {
    kind: 'uf2',
    ...{ family, address, blocks: file.length / 512, bytes: bytes.length, stackPointer, resetHandler },
    models: findModels([{ address, bytes }]),
  };
}

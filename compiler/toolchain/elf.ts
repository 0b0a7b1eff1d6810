// SPDX-License-Identifier: Apache-2.0
/** The parts of a 32-bit little-endian ELF file (System V ABI, chapters 4 and 5) that sizes and stack use need. */
import { InputError } from '../base/errors.ts';

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  /** Bytes in memory; for .bss the file has none. */
  readonly size: number;
  /** Contents; empty for .bss. */
  readonly bytes: Uint8Array;
}

export interface ElfSymbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  readonly kind: 'function' | 'object' | 'other';
  /** Index into sections; SECTION_ABSOLUTE for plain numbers. */
  readonly section: number;
}

export interface Elf {
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

export const SECTION_ABSOLUTE = 0xfff1;
export const FLAG_WRITE = 1;
export const FLAG_ALLOCATED = 2;
export const FLAG_EXECUTABLE = 4;
export const TYPE_NOBITS = 8;
const TYPE_SYMTAB = 2;
const SECTION_HEADER = 40;
const SYMBOL = 16;

/** @throws InputError where the file is no ELF file of this kind or is cut off */
export function parseElf(file: Uint8Array, name: string): Elf {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 52 || view.getUint32(0) !== 0x7f454c46 || file[4] !== 1 || file[5] !== 1) {
    throw new InputError(name, 'not a 32-bit little-endian ELF file');
  }
  try {
    const headers = sectionHeaders(view);
    const names = headers[view.getUint16(50, true)];
    if (names === undefined) throw new RangeError();
    const sections = headers.map(({ nameAt, offset, ...section }) => ({
      ...section,
      name: text(file, names.offset + nameAt),
      bytes: section.type === TYPE_NOBITS ? new Uint8Array() : slice(file, offset, section.size),
    }));
    const table = headers.find((header) => header.type === TYPE_SYMTAB);
    const strings = table === undefined ? undefined : headers[table.link];
    const symbols =
      table === undefined || strings === undefined ? [] : readSymbols(view, file, table, strings.offset);
    return { sections, symbols };
  } catch (error) {
    if (error instanceof RangeError)
      throw new InputError(name, 'damaged ELF file: a table lies outside of it');
    throw error;
  }
}

interface Header extends Omit<ElfSection, 'name' | 'bytes'> {
  readonly nameAt: number;
  readonly offset: number;
  readonly link: number;
}

function sectionHeaders(view: DataView): Header[] {
  const start = view.getUint32(32, true);
  return Array.from({ length: view.getUint16(48, true) }, (_, index) => {
    const word = (i: number) => view.getUint32(start + index * SECTION_HEADER + 4 * i, true);
    return {
      ...{ nameAt: word(0), type: word(1), flags: word(2), address: word(3) },
      ...{ offset: word(4), size: word(5), link: word(6) },
    };
  });
}

function readSymbols(view: DataView, file: Uint8Array, table: Header, strings: number): ElfSymbol[] {
  return Array.from({ length: Math.floor(table.size / SYMBOL) }, (_, index) => {
    const at = table.offset + index * SYMBOL;
    const kind = view.getUint8(at + 12) & 15;
    return {
      name: text(file, strings + view.getUint32(at, true)),
      value: view.getUint32(at + 4, true),
      size: view.getUint32(at + 8, true),
      kind: kind === 2 ? 'function' : kind === 1 ? 'object' : 'other',
      section: view.getUint16(at + 14, true),
    } as const;
  });
}

function slice(file: Uint8Array, offset: number, size: number): Uint8Array {
  if (offset + size > file.length) throw new RangeError();
  return file.subarray(offset, offset + size);
}

function text(file: Uint8Array, at: number): string {
  const end = file.indexOf(0, at);
  if (at >= file.length || end < 0) throw new RangeError();
  return Buffer.from(file.subarray(at, end)).toString('utf8');
}

// SPDX-License-Identifier: Apache-2.0
/** 32-bit little-endian Arm ELF files (System V ABI, chapters 4 and 5; ELF for the Arm Architecture, IHI 0044). */
import { utf8 } from '../../core/base/bytes.ts';
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';

/** Bytes that are loaded, at the address they are loaded to (.data in flash). */
export interface ElfSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Where they lie when the program runs. */
  readonly virtual: number;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  /** Where it lies when the program runs. */
  readonly address: number;
  /** Bytes in memory; for .bss the file has none. */
  readonly size: number;
  /** Contents; empty for .bss. */
  readonly bytes: Uint8Array;
}

export interface ElfSymbol {
  readonly name: string;
  /** Address; of functions with the Thumb bit. */
  readonly value: number;
  readonly size: number;
  readonly kind: 'function' | 'object' | 'other';
  /** Index into sections; SECTION_ABSOLUTE for plain numbers. */
  readonly section: number;
  /** Binding and type as the file has them (st_info). */
  readonly info: number;
}

export interface Elf {
  /** Address of the first instruction (bit 0: Thumb). */
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

export const SECTION_ABSOLUTE = 0xfff1;
export const FLAG_WRITE = 1;
export const FLAG_ALLOCATED = 2;
export const FLAG_EXECUTABLE = 4;
export const TYPE_NOBITS = 8;
const MAGIC = 0x464c457f;
const MACHINE_ARM = 40;
const TYPE_SYMTAB = 2;
const SEGMENT_LOAD = 1;
const SEGMENT_HEADER = 32;
const SECTION_HEADER = 40;
const SYMBOL = 16;
const MAX_HEADERS = 4096;
const MAX_SYMBOLS = 1 << 20;
/** Of one name, and of all names together: many of them may share their bytes. */
const MAX_NAME_BYTES = 4096;
const MAX_NAMES_BYTES = 16 << 20;
/** Addresses have 32 bits. */
const ADDRESSES = 2 ** 32;

/** @throws InputError where the file is no such file or points outside itself */
export function parseElf(file: Uint8Array, name: string): Elf {
  const bytes = new Reader(file, name);
  if (file.length < 4 || bytes.u32(0) !== MAGIC) throw new InputError(name, 'is not an ELF file');
  if (bytes.u8(4) !== 1 || bytes.u8(5) !== 1 || bytes.u16(18) !== MACHINE_ARM) {
    throw new InputError(name, 'is not a 32-bit little-endian Arm ELF file');
  }
  const sections = readSections(bytes);
  return {
    entry: bytes.u32(24),
    segments: readSegments(bytes),
    sections: sections.map(({ link: _, ...section }) => section),
    symbols: readSymbols(bytes, sections),
  };
}

/** Address of a function (without the Thumb bit) or variable. @throws Error where there is none of that name */
export function symbolAddress(elf: Elf, name: string): number {
  const symbol = elf.symbols.find((candidate) => candidate.name === name);
  if (symbol === undefined) throw new Error(`the image has no symbol ${name}`);
  return symbol.kind === 'function' ? (symbol.value & ~1) >>> 0 : symbol.value;
}

/** Bounds-checked little-endian view. */
class Reader {
  readonly #view: DataView;
  #names = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly name: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(at: number): number {
    this.#need(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.#need(at, 2);
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    this.#need(at, 4);
    return this.#view.getUint32(at, true);
  }

  slice(at: number, length: number): Uint8Array {
    this.#need(at, length);
    return this.bytes.subarray(at, at + length);
  }

  /** Offsets of the entries of a table of headers. */
  table(what: string, offset: number, entrySize: number, expected: number, count: number): number[] {
    if (count > MAX_HEADERS) {
      throw new InputError(this.name, `has ${count} ${what} headers, at most ${MAX_HEADERS} are read`, 'ELF');
    }
    if (count > 0 && entrySize !== expected) {
      throw new InputError(this.name, `has ${what} headers of ${entrySize} bytes, not ${expected}`, 'ELF');
    }
    return Array.from({ length: count }, (_, i) => offset + i * expected);
  }

  /** Zero-terminated text inside a string table. */
  text(table: Uint8Array, at: number): string {
    const start = Math.min(at, table.length);
    const window = table.subarray(start, start + MAX_NAME_BYTES);
    const length = window.indexOf(0);
    if (length < 0) {
      const problem = window.length < MAX_NAME_BYTES ? 'leaves its string table' : 'is too long';
      throw new InputError(this.name, `a name at ${at} ${problem}`, 'ELF');
    }
    this.#names += length;
    if (this.#names > MAX_NAMES_BYTES)
      throw new InputError(this.name, `its names have over ${MAX_NAMES_BYTES} bytes`, 'ELF');
    return utf8(window.subarray(0, length));
  }

  #need(at: number, length: number): void {
    if (at + length > this.bytes.length) {
      throw new InputError(this.name, `ends at byte ${this.bytes.length}, needed ${at + length}`, 'ELF');
    }
  }
}

function readSegments(file: Reader): ElfSegment[] {
  const headers = file.table('program', file.u32(28), file.u16(42), SEGMENT_HEADER, file.u16(44));
  return headers
    .filter((at) => file.u32(at) === SEGMENT_LOAD && file.u32(at + 16) > 0)
    .map((at) => {
      const [address, virtual] = [file.u32(at + 12), file.u32(at + 8)];
      const [stored, length] = [file.u32(at + 16), file.u32(at + 20)];
      const where = `segment at ${hex(address)}`;
      if (stored > length)
        throw new InputError(file.name, `has ${stored} bytes for ${length} in memory`, where);
      if (Math.max(address, virtual) + length > ADDRESSES)
        throw new InputError(file.name, 'leaves the addresses of 32 bits', where);
      return { address, bytes: file.slice(file.u32(at + 4), stored), virtual };
    });
}

interface LinkedSection extends ElfSection {
  readonly link: number;
}

function readSections(file: Reader): LinkedSection[] {
  const headers = file.table('section', file.u32(32), file.u16(46), SECTION_HEADER, file.u16(48));
  const content = (at: number) => file.slice(file.u32(at + 16), file.u32(at + 20));
  const named = headers[file.u16(50)];
  const names = named === undefined ? new Uint8Array(1) : content(named);
  return headers.map((at) => {
    const type = file.u32(at + 4);
    return {
      name: file.text(names, file.u32(at)),
      type,
      flags: file.u32(at + 8),
      address: file.u32(at + 12),
      size: file.u32(at + 20),
      bytes: type === TYPE_NOBITS ? new Uint8Array() : content(at),
      link: file.u32(at + 24),
    };
  });
}

function readSymbols(file: Reader, sections: readonly LinkedSection[]): ElfSymbol[] {
  const table = sections.find(({ type }) => type === TYPE_SYMTAB);
  if (table === undefined) return [];
  const names = sections[table.link]?.bytes;
  if (names === undefined) throw new InputError(file.name, 'has a symbol table without names', 'ELF');
  const count = Math.floor(table.bytes.length / SYMBOL);
  if (count > MAX_SYMBOLS) {
    throw new InputError(file.name, `has ${count} symbols, at most ${MAX_SYMBOLS} are read`, 'ELF');
  }
  const entries = new Reader(table.bytes, file.name);
  return Array.from({ length: count }, (_, index) => {
    const at = index * SYMBOL;
    const kind = entries.u8(at + 12) & 15;
    return {
      name: file.text(names, entries.u32(at)),
      value: entries.u32(at + 4),
      size: entries.u32(at + 8),
      kind: kind === 2 ? 'function' : kind === 1 ? 'object' : 'other',
      section: entries.u16(at + 14),
      info: entries.u8(at + 12),
    } as const;
  });
}

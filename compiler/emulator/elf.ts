// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../base/errors.ts';
import type { ImageSegment } from './memory.ts';

export interface ElfSymbol {
  readonly address: number;
  readonly size: number;
}

export interface ElfSection {
  readonly name: string;
  /** Where it lies when the program runs; 0 for what is not loaded. */
  readonly address: number;
  readonly size: number;
  /** Bytes of the file; null for .bss. */
  readonly bytes: Uint8Array | null;
}

export interface ElfImage {
  /** Address of the first instruction (bit 0: Thumb). */
  readonly entry: number;
  /** What is loaded, at the addresses it is loaded to (.data in flash), in the order of the file. */
  readonly segments: readonly ImageSegment[];
  /** Functions and objects by name; functions without their Thumb bit. */
  readonly symbols: ReadonlyMap<string, ElfSymbol>;
  readonly sections: readonly ElfSection[];
}

// System V ABI, chapters 4 and 5; ELF for the Arm Architecture (IHI 0044).
const MACHINE_ARM = 40;
const PT_LOAD = 1;
const SHT_SYMTAB = 2;
const SHT_NOBITS = 8;
const STT_FUNC = 2;
const SHN_UNDEF = 0;
const MAX_HEADERS = 4096;
const MAX_SYMBOLS = 1 << 20;

/** Bounds-checked little-endian view of the file. */
class Reader {
  readonly #view: DataView;
  constructor(
    readonly bytes: Uint8Array,
    readonly subject: string,
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
  /** Zero-terminated text inside a string table. */
  text(table: Uint8Array, at: number): string {
    const end = at < table.length ? table.indexOf(0, at) : -1;
    if (end < 0) throw new InputError(this.subject, `a name at ${at} leaves its string table`, 'ELF');
    return new TextDecoder().decode(table.subarray(at, end));
  }
  #need(at: number, length: number): void {
    if (at + length > this.bytes.length)
      throw new InputError(this.subject, `ends at byte ${this.bytes.length}, needed ${at + length}`, 'ELF');
  }
}

/**
 * Reads a 32-bit little-endian Arm executable.
 * @param bytes the whole file; @param subject how messages name it
 * @throws InputError if it is no such file or points outside itself
 */
export function parseElf(bytes: Uint8Array, subject = 'ELF file'): ElfImage {
  const file = new Reader(bytes, subject);
  if (bytes.length < 52 || file.u32(0) !== 0x464c457f) throw new InputError(subject, 'is no ELF file');
  if (file.u8(4) !== 1 || file.u8(5) !== 1 || file.u16(18) !== MACHINE_ARM)
    throw new InputError(subject, 'is no 32-bit little-endian Arm ELF file');
  const sections = readSections(file);
  return {
    entry: file.u32(24),
    segments: readSegments(file),
    symbols: readSymbols(file, sections),
    sections: sections.map(({ name, address, size, bytes: content }) => ({
      name,
      address,
      size,
      bytes: content,
    })),
  };
}

function readSegments(file: Reader): ImageSegment[] {
  const offset = file.u32(28);
  const entrySize = file.u16(42);
  const count = file.u16(44);
  checkTable(file, 'program header', entrySize, 32, count);
  const segments: ImageSegment[] = [];
  for (let i = 0; i < count; i++) {
    const at = offset + i * entrySize;
    const length = file.u32(at + 16);
    if (file.u32(at) !== PT_LOAD || length === 0) continue;
    segments.push({ address: file.u32(at + 12), bytes: file.slice(file.u32(at + 4), length) });
  }
  return segments;
}

interface RawSection extends ElfSection {
  readonly type: number;
  readonly link: number;
  readonly entrySize: number;
}

function readSections(file: Reader): RawSection[] {
  const offset = file.u32(32);
  const entrySize = file.u16(46);
  const count = file.u16(48);
  if (count === 0) return [];
  checkTable(file, 'section header', entrySize, 40, count);
  const at = (i: number): number => offset + i * entrySize;
  const content = (i: number): Uint8Array => file.slice(file.u32(at(i) + 16), file.u32(at(i) + 20));
  const namesIndex = file.u16(50);
  const names = namesIndex < count ? content(namesIndex) : new Uint8Array(1);
  return Array.from({ length: count }, (_, i) => {
    const type = file.u32(at(i) + 4);
    return {
      name: file.text(names, file.u32(at(i))),
      type,
      address: file.u32(at(i) + 12),
      size: file.u32(at(i) + 20),
      bytes: type === SHT_NOBITS ? null : content(i),
      link: file.u32(at(i) + 24),
      entrySize: file.u32(at(i) + 36),
    };
  });
}

function readSymbols(file: Reader, sections: readonly RawSection[]): Map<string, ElfSymbol> {
  const symbols = new Map<string, ElfSymbol>();
  for (const table of sections) {
    if (table.type !== SHT_SYMTAB || table.bytes === null) continue;
    const names = sections[table.link]?.bytes;
    if (names === null || names === undefined || table.entrySize !== 16)
      throw new InputError(file.subject, 'has a damaged symbol table', 'ELF');
    const count = Math.floor(table.size / 16);
    if (count > MAX_SYMBOLS)
      throw new InputError(file.subject, `has ${count} symbols, at most ${MAX_SYMBOLS} are read`);
    const entries = new Reader(table.bytes, file.subject);
    for (let i = 0; i < count; i++) {
      const at = 16 * i;
      if (entries.u16(at + 14) === SHN_UNDEF) continue;
      const name = file.text(names, entries.u32(at));
      if (name === '' || name.startsWith('$')) continue; // mapping symbols $t, $d
      const thumb = (entries.u8(at + 12) & 15) === STT_FUNC ? 1 : 0;
      symbols.set(name, { address: (entries.u32(at + 4) & ~thumb) >>> 0, size: entries.u32(at + 8) });
    }
  }
  return symbols;
}

function checkTable(file: Reader, what: string, entrySize: number, expected: number, count: number): void {
  if (count > MAX_HEADERS)
    throw new InputError(file.subject, `has ${count} ${what}s, at most ${MAX_HEADERS} are read`);
  if (count > 0 && entrySize !== expected)
    throw new InputError(file.subject, `has ${what}s of ${entrySize} bytes, expected ${expected}`, 'ELF');
}

// SPDX-License-Identifier: Apache-2.0
/** Executable Arm ELF files from the parts of others (System V ABI, chapters 4 and 5): application and model as one. */
import {
  type Elf,
  type ElfSection,
  type ElfSymbol,
  FLAG_ALLOCATED,
  FLAG_EXECUTABLE,
  FLAG_WRITE,
  SECTION_ABSOLUTE,
  TYPE_NOBITS,
} from './elf.ts';

const [EHDR, PHDR, SHDR, SYM] = [52, 32, 40, 16];
const [TYPE_SYMTAB, TYPE_STRTAB] = [2, 3];
const [TYPE_SECTION, TYPE_FILE] = [3, 4];
/** EF_ARM_EABI_VER5 with EF_ARM_ABI_FLOAT_SOFT, as arm-none-eabi-ld writes it. */
const FLAGS = 0x05000200;

interface Placed {
  readonly section: ElfSection;
  readonly load: number;
}

/**
 * The allocated sections and the symbols of several linked images, whose addresses must not overlap. The entry is the
 * first one's. Symbols of one name stay side by side: the images were linked on their own.
 */
export function mergeElf(images: readonly Elf[]): Uint8Array {
  const placed: Placed[] = [];
  const symbols: ElfSymbol[] = [];
  for (const image of images) {
    const indices = new Map<number, number>();
    image.sections.forEach((section, index) => {
      if ((section.flags & FLAG_ALLOCATED) === 0 || section.size === 0) return;
      placed.push({ section, load: loadAddress(image, section) });
      indices.set(index, placed.length); // section 0 is the empty one
    });
    for (const symbol of image.symbols) {
      const section = symbol.section === SECTION_ABSOLUTE ? SECTION_ABSOLUTE : indices.get(symbol.section);
      const type = symbol.info & 15;
      if (section === undefined || type === TYPE_SECTION || type === TYPE_FILE || symbol.name === '')
        continue;
      symbols.push({ ...symbol, section });
    }
  }
  return write(images[0]?.entry ?? 0, placed, symbols);
}

/** Where a section is loaded to: that of its segment, by the same distance (.data lies in flash before the start). */
function loadAddress({ segments }: Elf, { address, type, bytes }: ElfSection): number {
  if (type === TYPE_NOBITS) return address;
  const segment = segments.find(
    (s) => address >= s.virtual && address + bytes.length <= s.virtual + s.bytes.length,
  );
  if (segment === undefined) throw new Error(`no segment loads what is at 0x${address.toString(16)}`);
  return segment.address + address - segment.virtual;
}

function write(entry: number, placed: readonly Placed[], symbols: readonly ElfSymbol[]): Uint8Array {
  const file = new Writer();
  const loads = placed.filter(({ section }) => section.type !== TYPE_NOBITS);
  file.reserve(EHDR + PHDR * loads.length);
  const offsets = placed.map(({ section }) => file.append(section.bytes, 4));

  const names = new Strings();
  const table = symbolTable(symbols, names);
  const symtab = file.append(table.bytes, 4);
  const strtab = file.append(names.bytes(), 1);
  const titles = new Strings();
  const headers = placed.map(({ section: s }, i) => [
    ...[titles.add(s.name), s.type, s.flags, s.address, offsets[i] ?? 0, s.size, 0, 0, 4, 0],
  ]);
  const count = placed.length + 1;
  headers.push([titles.add('.symtab'), TYPE_SYMTAB, 0, 0, symtab, table.bytes.length, count + 1]);
  headers.at(-1)?.push(table.locals, 4, SYM);
  headers.push([titles.add('.strtab'), TYPE_STRTAB, 0, 0, strtab, names.length, 0, 0, 1, 0]);
  const title = titles.add('.shstrtab');
  const shstrtab = file.append(titles.bytes(), 1);
  headers.push([title, TYPE_STRTAB, 0, 0, shstrtab, titles.length, 0, 0, 1, 0]);
  const table0 = new Array<number>(SHDR / 4).fill(0);
  const sectionsAt = file.append(words([table0, ...headers].flat()), 4);

  const programs = loads.map(({ section: s, load }) => {
    const flags = 4 | ((s.flags & FLAG_WRITE) !== 0 ? 2 : 0) | ((s.flags & FLAG_EXECUTABLE) !== 0 ? 1 : 0);
    const at = offsets[placed.findIndex(({ section }) => section === s)] ?? 0;
    return [1, at, s.address, load, s.bytes.length, s.bytes.length, flags, 4];
  });
  const half = (low: number, high: number) => (low | (high << 16)) >>> 0;
  const header = [
    ...[0x464c457f, 0x00010101, 0, 0],
    ...[half(2, 40), 1, entry, EHDR, sectionsAt, FLAGS],
    ...[half(EHDR, PHDR), half(loads.length, SHDR), half(count + 3, count + 2)],
  ];
  file.put(0, words([...header, ...programs.flat()]));
  return file.bytes();
}

/** Local symbols come first, as the format demands. */
function symbolTable(symbols: readonly ElfSymbol[], names: Strings): { bytes: Uint8Array; locals: number } {
  const isLocal = ({ info }: ElfSymbol) => info >> 4 === 0;
  const sorted = [...symbols.filter(isLocal), ...symbols.filter((symbol) => !isLocal(symbol))];
  const rows = sorted.flatMap(({ name, value, size, info, section }) => [
    ...[names.add(name), value, size, (info | (section << 16)) >>> 0],
  ]);
  return { bytes: words([0, 0, 0, 0, ...rows]), locals: 1 + symbols.filter(isLocal).length };
}

function words(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** A string table: every name once, behind a NUL. */
class Strings {
  readonly #at = new Map<string, number>();
  #text = '\0';
  /** In bytes. */
  length = 1;

  add(name: string): number {
    const known = this.#at.get(name);
    if (known !== undefined) return known;
    const at = this.length;
    this.#at.set(name, at);
    this.#text += `${name}\0`;
    this.length += new TextEncoder().encode(name).length + 1;
    return at;
  }

  bytes(): Uint8Array {
    return new TextEncoder().encode(this.#text);
  }
}

class Writer {
  #parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #length = 0;

  reserve(length: number): void {
    this.#length += length;
  }

  append(bytes: Uint8Array, align: number): number {
    const at = Math.ceil(this.#length / align) * align;
    this.put(at, bytes);
    this.#length = at + bytes.length;
    return at;
  }

  put(at: number, bytes: Uint8Array): void {
    this.#parts.push({ at, bytes });
  }

  bytes(): Uint8Array {
    const file = new Uint8Array(this.#length);
    for (const { at, bytes } of this.#parts) file.set(bytes, at);
    return file;
  }
}

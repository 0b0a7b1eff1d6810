// SPDX-License-Identifier: Apache-2.0
/** The functions of a linked Armv6-M image: where their code stands, and which parts of it are data. */
import { type Elf, type ElfSection, type ElfSymbol, FLAG_ALLOCATED, FLAG_EXECUTABLE } from '../image/elf.ts';

export interface CodeFunction {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Read access to an image by address. */
export class ImageCode {
  readonly #sections: readonly ElfSection[];
  readonly #functions: readonly CodeFunction[];
  /** Addresses where literals begin, and where code begins again; sorted. Symbols $d and $t (AAELF, 4.5.5). */
  readonly #mapping: readonly { readonly address: number; readonly data: boolean }[];
  readonly #byStart: ReadonlyMap<number, CodeFunction>;
  readonly #byName: ReadonlyMap<string, CodeFunction>;

  constructor(elf: Elf) {
    this.#sections = elf.sections.filter(
      ({ flags, bytes }) => (flags & FLAG_ALLOCATED) !== 0 && bytes.length > 0,
    );
    const executable = (symbol: ElfSymbol) =>
      ((elf.sections[symbol.section]?.flags ?? 0) & FLAG_EXECUTABLE) !== 0;
    const named = elf.symbols.filter((symbol) => symbol.kind === 'function' && executable(symbol));
    const starts = [...new Set(named.map(({ value }) => value & ~1))].sort((a, b) => a - b);
    const functions = named.map((symbol): CodeFunction => {
      const start = symbol.value & ~1;
      const section = elf.sections[symbol.section];
      const limit = (section?.address ?? 0) + (section?.size ?? 0);
      // Some library routines in assembly state no size: they reach to the next function.
      const end = symbol.size > 0 ? start + symbol.size : (starts.find((next) => next > start) ?? limit);
      return { name: symbol.name, start, end };
    });
    this.#functions = functions;
    this.#byStart = new Map([...functions].reverse().map((f) => [f.start, f]));
    this.#byName = new Map(functions.map((f) => [f.name, f]));
    this.#mapping = elf.symbols
      .filter((symbol) => /^\$[dt](\.|$)/.test(symbol.name) && executable(symbol))
      .map(({ name, value }) => ({ address: value, data: name.startsWith('$d') }))
      .sort((a, b) => a.address - b.address);
  }

  get functions(): readonly CodeFunction[] {
    return this.#functions;
  }

  at(start: number): CodeFunction | undefined {
    return this.#byStart.get(start);
  }

  named(name: string): CodeFunction | undefined {
    return this.#byName.get(name);
  }

  /** Whether a literal, not an instruction, stands at the address. */
  isData(address: number): boolean {
    let low = 0;
    let high = this.#mapping.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#mapping[middle]?.address ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return this.#mapping[low - 1]?.data ?? false;
  }

  /** @throws RangeError where the image has no such bytes */
  read16(address: number): number {
    const section = this.#sections.find(
      (s) => address >= s.address && address + 2 <= s.address + s.bytes.length,
    );
    if (section === undefined) throw new RangeError(`no code or data at 0x${address.toString(16)}`);
    const at = address - section.address;
    return (section.bytes[at] ?? 0) | ((section.bytes[at + 1] ?? 0) << 8);
  }

  read32(address: number): number {
    return (this.read16(address) | (this.read16(address + 2) << 16)) >>> 0;
  }
}

/** Names of the functions that a constant object points to. */
export function pointees(elf: Elf, object: string): string[] {
  const symbol = elf.symbols.find(({ name, kind }) => name === object && kind === 'object');
  if (symbol === undefined) throw new Error(`the image has no object ${object}`);
  const code = new ImageCode(elf);
  const names = new Set<string>();
  for (let at = symbol.value; at + 4 <= symbol.value + symbol.size; at += 4) {
    const word = code.read32(at);
    const target = (word & 1) === 1 ? code.at(word - 1) : undefined;
    if (target !== undefined) names.add(target.name);
  }
  if (names.size === 0) throw new Error(`${object} points to no function`);
  return [...names];
}

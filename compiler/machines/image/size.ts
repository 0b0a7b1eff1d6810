// SPDX-License-Identifier: Apache-2.0
/** Flash and RAM of an image, from its ELF file; and how much each source file contributes, from the linker's map. */
import { type Elf, FLAG_ALLOCATED, FLAG_WRITE, TYPE_NOBITS } from './elf.ts';

export interface ImageSize {
  /** Bytes that are written to flash: vectors, code, constants, initial values. */
  readonly flash: number;
  /** Bytes of RAM that are taken all the time: variables, without the stack. */
  readonly ram: number;
}

export function imageSize(elf: Elf): ImageSize {
  let flash = 0;
  let ram = 0;
  for (const { flags, type, size } of elf.sections) {
    if ((flags & FLAG_ALLOCATED) === 0) continue;
    if (type !== TYPE_NOBITS) flash += size;
    if ((flags & FLAG_WRITE) !== 0) ram += size;
  }
  return { flash, ram };
}

/** What an object file or library member brought into the image. */
export interface Contribution {
  /** Object file, or member of a library as `libgcc.a(x.o)`. */
  readonly object: string;
  /** Bytes of code and constants. */
  readonly flash: number;
  /** Bytes of variables. */
  readonly ram: number;
}

/** Output section, then address, size and object of what was put into it; long names stand on a line of their own. */
const ENTRY = /^ (\.[\w.$]+|COMMON)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S+)$/;

/** @param map what ld wrote for -Map; contributions sorted by object, empty ones left out */
export function contributions(map: string): Contribution[] {
  const start = map.indexOf('Linker script and memory map');
  if (start < 0) throw new Error('not a map of GNU ld');
  const sums = new Map<string, { flash: number; ram: number }>();
  let section = '';
  for (const line of map.slice(start).split('\n')) {
    const output = /^(\.?[\w.]+)(\s|$)/.exec(line);
    if (output?.[1] !== undefined) section = output[1];
    const entry = ENTRY.exec(line);
    if (entry === null || !/^\.(vectors|text|rodata|data|bss|fault|model_\w+)$/.test(section)) continue;
    const bytes = Number.parseInt(entry[3] ?? '0', 16);
    const object = entry[4] ?? '';
    if (bytes === 0) continue;
    const sum = sums.get(object) ?? { flash: 0, ram: 0 };
    const variable = section === '.bss' || section === '.fault';
    if (!variable) sum.flash += bytes;
    if (section === '.data' || variable) sum.ram += bytes;
    sums.set(object, sum);
  }
  return [...sums]
    .map(([object, sum]) => ({ object, ...sum }))
    .sort((a, b) => (a.object < b.object ? -1 : 1));
}

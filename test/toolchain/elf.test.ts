// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { parseElf, symbolAddress } from '../../compiler/machines/image/elf.ts';

const NAMES = '\0.text\0.symtab\0.strtab\0';
const STRINGS = '\0main\0table\0$t\0';

/** A small executable: one segment of 8 bytes at 0x2000, one of 4 bytes loaded behind it, a function and an object. */
function sample(): Uint8Array {
  const bytes = new Uint8Array(0x300);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => bytes.set(new TextEncoder().encode(value), at);
  const put = (at: number, ...values: number[]): void => {
    for (const [i, v] of values.entries()) view.setUint32(at + 4 * i, v, true);
  };
  put(0, 0x464c457f, 0x00010101);
  view.setUint16(16, 2, true);
  view.setUint16(18, 40, true);
  put(24, 0x2001, 52, 0x200);
  for (const [i, v] of [52, 32, 3, 40, 4, 3].entries()) view.setUint16(40 + 2 * i, v, true);
  put(52, 1, 0x100, 0x2000, 0x2000, 8, 8, 5, 4);
  put(84, 1, 0x108, 0x20000000, 0x2008, 4, 4, 6, 4);
  put(116, 1, 0, 0x20000004, 0x200c, 0, 64, 6, 4); // .bss
  put(0x100, 0x11111111, 0x22222222, 0x33333333);
  text(0x110, NAMES);
  text(0x130, STRINGS);
  put(0x150 + 16, 1, 0x2001, 6); // main, FUNC
  bytes[0x150 + 16 + 12] = 0x12;
  view.setUint16(0x150 + 16 + 14, 1, true);
  put(0x150 + 32, 6, 0x20000000, 4); // table, OBJECT
  bytes[0x150 + 32 + 12] = 0x11;
  view.setUint16(0x150 + 32 + 14, 1, true);
  put(0x150 + 48, 12, 0x2000, 0); // $t
  view.setUint16(0x150 + 48 + 14, 1, true);
  put(0x200 + 40, 1, 1, 6, 0x2000, 0x100, 8);
  put(0x200 + 80, 7, 2, 0, 0, 0x150, 64, 3, 0, 0, 16);
  put(0x200 + 120, 15, 3, 0, 0, 0x110, 0x40);
  // one table serves as both string tables
  put(0x150 + 16, 1 + 0x20);
  put(0x150 + 32, 6 + 0x20);
  put(0x150 + 48, 12 + 0x20);
  return bytes;
}

describe('ELF reader', () => {
  it('reads segments at their load addresses, symbols and sections', () => {
    const elf = parseElf(sample(), 'a.elf');
    expect(elf.entry).toBe(0x2001);
    expect(elf.segments.map(({ address, bytes }) => [address, bytes.length])).toEqual([
      [0x2000, 8],
      [0x2008, 4],
    ]);
    expect(elf.symbols.map(({ name, kind }) => [name, kind])).toEqual([
      ['', 'other'],
      ['main', 'function'],
      ['table', 'object'],
      ['$t', 'other'],
    ]);
    expect(symbolAddress(elf, 'main')).toBe(0x2000);
    expect(symbolAddress(elf, 'table')).toBe(0x20000000);
    expect(() => symbolAddress(elf, 'nothing')).toThrow(/no symbol nothing/);
    expect(elf.sections.map(({ name }) => name)).toEqual(['', '.text', '.symtab', '.strtab']);
    expect(elf.sections[1]?.bytes[0]).toBe(0x11);
  });

  it('refuses what is no Arm ELF file', () => {
    const foreign = sample();
    foreign[18] = 3;
    expect(() => parseElf(foreign, 'a.elf')).toThrow(/a.elf: is not a 32-bit little-endian Arm ELF file/);
    expect(() => parseElf(new Uint8Array(10), 'a.elf')).toThrow(/is not an ELF file/);
  });

  it('survives truncation at every length and any single damaged byte: an answer or an InputError', () => {
    const good = sample();
    const tries: Uint8Array[] = [];
    for (let length = 0; length < good.length; length++) tries.push(good.slice(0, length));
    for (let at = 0; at < good.length; at++) {
      for (const value of [0, 0x7f, 0xff]) {
        const bad = good.slice();
        bad[at] = value;
        tries.push(bad);
      }
    }
    let refused = 0;
    for (const bytes of tries) {
      try {
        parseElf(bytes, 'a.elf');
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(700);
  });
});

// SPDX-License-Identifier: Apache-2.0
/** Pins: latches, directions, levels, functions. DS40001882, chapter "PORT". */
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { chipWith } from '../program.ts';

const PORT = 0x41004400;
const IOBUS = 0x60000000;
/** Offsets in a group; PB stands 0x80 behind PA. */
const DIR = 0x00;
const OUT = 0x10;
const IN = 0x20;
const WRCONFIG = 0x28;
const PMUX = 0x30;
const PINCFG = 0x40;

const bare = (): Samd21 => chipWith([0xe7fe]);

describe('PORT', () => {
  it('pins: set, clear, toggle, read back, also over the IO bus', () => {
    const chip = bare();
    chip.writeUint32(PORT + 0x08, 0x30);
    chip.writeUint32(PORT + 0x18, 0x10);
    chip.writeUint32(0x6000001c, 0x20);
    expect(chip.port.output(0)).toBe(0x30);
    chip.writeUint32(PORT + 0x14, 0x10);
    chip.writeUint16(PORT + 0x44, 0x0202); // input buffers of PA04 and PA05
    expect(chip.readUint32(PORT + 0x20) & 0x30).toBe(0x20);
    chip.writeUint32(PORT + 0x80 + 0x28, 0xd3000001); // PB16: peripheral D, PMUXEN
    expect(chip.readUint8(PORT + 0x80 + 0x38)).toBe(3);
    chip.writeUint8(PORT + 0x40 + 11, 1);
    expect(chip.readUint8(PORT + 0x4b)).toBe(1);
  });

  it('after a reset every pin is an input without a function', () => {
    const chip = bare();
    const isReset = (): void => {
      for (const group of [PORT, PORT + 0x80]) {
        for (const offset of [DIR, OUT, 0x24]) expect(chip.readUint32(group + offset)).toBe(0);
        for (let i = 0; i < 16; i++) expect(chip.readUint8(group + PMUX + i)).toBe(0);
        for (let i = 0; i < 32; i++) expect(chip.readUint8(group + PINCFG + i)).toBe(0);
      }
    };
    isReset();
    for (const group of [PORT, PORT + 0x80]) {
      chip.writeUint32(group + DIR, 0xffffffff);
      chip.writeUint32(group + OUT, 0xffffffff);
      chip.writeUint32(group + WRCONFIG, 0xd101ffff);
      chip.writeUint32(group + WRCONFIG, 0x5101ffff);
      expect(chip.readUint32(group + PMUX)).toBe(0x11111111);
    }
    chip.writeUint32(0xe000ed0c, 0x05fa0004);
    isReset();
  });

  it.each([
    ['PA', PORT, 0],
    ['PB', PORT + 0x80, 1],
    ['PA over the IO bus', IOBUS, 0],
    ['PB over the IO bus', IOBUS + 0x80, 1],
  ] as const)('%s: CLR, SET and TGL change the bits that are 1, and only their group', (_, base, group) => {
    const chip = bare();
    for (const register of [DIR, OUT]) {
      const value = (): number => chip.readUint32(PORT + 0x80 * group + register);
      chip.writeUint32(base + register, 0x0f0f0f0f);
      chip.writeUint32(base + register + 8, 0x80000010);
      expect(value()).toBe(0x8f0f0f1f);
      chip.writeUint32(base + register + 4, 0x8000000f);
      expect(value()).toBe(0x0f0f0f10);
      chip.writeUint32(base + register + 12, 0xffff0000);
      expect(value()).toBe(0xf0f00f10);
      for (const alias of [4, 8, 12]) expect(chip.readUint32(base + register + alias)).toBe(0xf0f00f10);
      expect(chip.readUint32(PORT + 0x80 * (1 - group) + register)).toBe(0);
    }
    expect(chip.port.output(group)).toBe(0xf0f00f10);
    expect(chip.port.output(group === 0 ? 1 : 0)).toBe(0);
  });

  it('IN shows outside levels at inputs and the latch at outputs, and cannot be written', () => {
    for (const group of [0, 1]) {
      const chip = bare();
      const base = PORT + 0x80 * group;
      chip.writeUint32(base + DIR, 0x0c);
      chip.writeUint32(base + OUT, 0x0a);
      for (const [bit, level] of [0, 1, 0, 1].entries())
        chip.port.drive(32 * group + bit, level === 1 ? 1 : 0);
      expect(chip.readUint32(base + IN)).toBe(0); // no input buffer is on
      chip.writeUint32(base + 0x40, 0x02020202);
      expect(chip.readUint32(base + IN)).toBe(0b1010);
      for (const [bit, level] of [1, 0, 1, 0].entries())
        chip.port.drive(32 * group + bit, level === 1 ? 1 : 0);
      expect(chip.readUint32(base + IN)).toBe(0b1001);
      chip.writeUint32(base + IN, 0);
      expect(chip.readUint32(base + IN) & 0x0f).toBe(0b1001);
    }
  });

  it('WRCONFIG writes the pins that it names of one half: PMUX with WRPMUX, PINCFG with WRPINCFG', () => {
    const chip = bare();
    const config = (pin: number): number => chip.readUint8(PORT + PINCFG + pin);
    const mux = (pin: number): number => chip.readUint8(PORT + PMUX + (pin >> 1)) >> (4 * (pin & 1));
    chip.writeUint32(PORT + WRCONFIG, 0x10000000 | 0x06000000 | 0x00470000 | 0x000c); // WRPMUX: PA02, PA03
    expect([mux(2) & 15, mux(3), config(2), config(3)]).toEqual([6, 6, 0, 0]);
    chip.writeUint32(PORT + WRCONFIG, 0x40000000 | 0x02000000 | 0x00470000 | 0x0008); // WRPINCFG: PA03
    expect([mux(2) & 15, mux(3), config(2), config(3)]).toEqual([6, 6, 0, 0x47]);
    chip.writeUint32(PORT + WRCONFIG, 0xd0000000 | 0x03000000 | 0x00010000 | 0x0008); // HWSEL: PA19
    expect([mux(18) & 15, mux(19), config(18), config(19)]).toEqual([0, 3, 0, 1]);
    expect([mux(3), config(3)]).toEqual([6, 0x47]);
    expect(chip.readUint32(PORT + WRCONFIG)).toBe(0); // write-only
  });

  it('a pin has the function of its PMUX nibble while PMUXEN', () => {
    const chip = bare();
    chip.writeUint8(PORT + 0x80 + PMUX + 5, 0x62); // PB10: C, PB11: G
    expect(chip.port.hasFunction(1, 10, 2)).toBe(false);
    chip.writeUint8(PORT + 0x80 + PINCFG + 10, 1);
    chip.writeUint8(PORT + 0x80 + PINCFG + 11, 1);
    expect(chip.port.hasFunction(1, 10, 2)).toBe(true);
    expect(chip.port.hasFunction(1, 11, 6)).toBe(true);
    expect(chip.port.hasFunction(1, 11, 2)).toBe(false);
    expect(chip.port.hasFunction(0, 10, 2)).toBe(false);
  });

  it('onPin reports each change of what is driven, with a reset, and of nothing else', () => {
    const chip = bare();
    const seen: string[] = [];
    chip.port.onPin = (group, pin, level) => seen.push(`P${'AB'[group]}${pin} ${level}`);
    chip.writeUint32(PORT + OUT + 8, 0x02); // a latch of an input
    expect(seen.splice(0)).toEqual([]);
    chip.writeUint32(PORT + DIR + 8, 0x03);
    expect(seen.splice(0)).toEqual(['PA0 0', 'PA1 1']);
    chip.writeUint32(PORT + OUT + 12, 0x01);
    chip.writeUint32(PORT + OUT + 8, 0x01);
    expect(seen.splice(0)).toEqual(['PA0 1']);
    chip.writeUint32(IOBUS + 0x80 + DIR + 8, 0x80000000);
    expect(seen.splice(0)).toEqual(['PB31 0']);
    chip.writeUint32(PORT + DIR + 4, 0x01);
    expect(seen.splice(0)).toEqual(['PA0 null']);
    chip.writeUint32(0xe000ed0c, 0x05fa0004);
    expect(seen.splice(0)).toEqual(['PA1 null', 'PB31 null']);
  });
});

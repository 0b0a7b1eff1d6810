// SPDX-License-Identifier: Apache-2.0
/** Generic clock generators and what they feed. DS40001882, chapter "GCLK", GENCTRL, GENDIV, CLKCTRL. */
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { fastChip } from '../acquisition.ts';
import { chipWith } from '../program.ts';
import { cyclesOf } from '../timer.ts';

const GCLK = 0x40000c00;
const CLKCTRL = GCLK + 2;
const GENCTRL = GCLK + 4;
const GENDIV = GCLK + 8;
const DFLLCTRL = 0x40000824;
const APBCMASK = 0x40000420;
const GENEN = 0x10000;
const DIVSEL = 0x100000;
const CLKEN = 0x4000;
/** GENCTRL.SRC. */
const GCLKGEN1 = 0x200;
const OSC8M = 0x600;
const DFLL48M = 0x700;
const GENERATORS = [0, 1, 2, 3, 4, 5, 6, 7, 8];

const bare = (): Samd21 => chipWith([0xe7fe]);

/** A register of one generator or clock, selected by its low byte. */
function of(chip: Samd21, register: number, id: number): number {
  chip.writeUint8(register, id);
  const value = register === CLKCTRL ? chip.readUint16(register) : chip.readUint32(register);
  expect(value & 0x3f).toBe(id);
  return value - id;
}

/** The timer's overflow is seen at the end of an instruction. */
function expectCycles(seen: number, due: number): void {
  expect(seen).toBeGreaterThanOrEqual(due);
  expect(seen).toBeLessThanOrEqual(due + 2);
}

describe('GCLK', () => {
  it('48 MHz without a flash wait state is a fault', () => {
    const chip = bare();
    chip.writeUint16(DFLLCTRL, 2);
    expect(() => chip.writeUint32(GCLK + 4, 0x10700)).toThrow(/CTRLB.RWS = 0/);
  });

  it('dividers count', () => {
    const chip = bare();
    chip.writeUint32(GCLK + 8, 0x0500);
    expect(chip.frequency).toBe(200e3);
    chip.writeUint32(GCLK + 4, 0x110600); // DIVSEL: 2^(5+1)
    expect(chip.frequency).toBe(1e6 / 64);
  });

  it('after a reset generator 0 runs from OSC8M, 2 from OSCULP32K, the others and all clocks but GCLK_WDT are off', () => {
    const chip = bare();
    const isReset = (): void => {
      expect(GENERATORS.map((id) => of(chip, GENCTRL, id))).toEqual([0x10600, 0, 0x10300, 0, 0, 0, 0, 0, 0]);
      expect(GENERATORS.map((id) => of(chip, GENDIV, id))).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
      for (let id = 4; id < 0x25; id++) expect(of(chip, CLKCTRL, id) & CLKEN).toBe(0);
      expect([chip.readUint8(GCLK), chip.readUint8(GCLK + 1)]).toEqual([0, 0]);
      expect(chip.frequency).toBe(1e6);
    };
    isReset();
    chip.writeUint32(GENDIV, 0x0400);
    chip.writeUint32(GENCTRL, 5 | GENEN | OSC8M);
    chip.writeUint16(CLKCTRL, CLKEN | 0x0500 | 0x1c);
    chip.writeUint8(GCLK, 1); // SWRST
    isReset();
  });

  it.each([3, 4, 5, 6, 7, 8])('generator %i divides by DIV, or by 2^(DIV + 1) with DIVSEL', (generator) => {
    for (const [div, control, divisor] of [
      [0, 0, 1],
      [1, 0, 1],
      [7, 0, 7],
      [255, 0, 255],
      [0, DIVSEL, 2],
      [4, DIVSEL, 32],
    ] as const) {
      const chip = fastChip();
      chip.writeUint32(GENDIV, generator | (div << 8));
      chip.writeUint32(GENCTRL, generator | GENEN | DFLL48M | control);
      expectCycles(cyclesOf(chip, generator, 10), 10 * divisor);
    }
  });

  it('generator 1 divides by up to 65,535, and is a source of the others', () => {
    const chip = fastChip();
    chip.writeUint32(GENDIV, 1 | (1000 << 8));
    chip.writeUint32(GENCTRL, 1 | GENEN | DFLL48M);
    expectCycles(cyclesOf(chip, 1, 5), 5000);
    chip.writeUint32(GENDIV, 4 | (3 << 8));
    chip.writeUint32(GENCTRL, 4 | GENEN | GCLKGEN1);
    expectCycles(cyclesOf(chip, 4, 5), 15_000);
    expect(() => chip.writeUint32(GENCTRL, 1 | GENEN | GCLKGEN1)).toThrow(/source 2, which is off/); // of itself
  });

  it('a clock has the generator that CLKCTRL gives it, and none without CLKEN or with a generator that is off', () => {
    const chip = fastChip();
    const start = (): void => chip.writeUint16(0x42003000, 0x22);
    chip.writeUint16(CLKCTRL, 0x1c);
    expect(start).toThrow(/without a generic clock/);
    chip.writeUint16(0x42003000, 1);
    chip.writeUint16(CLKCTRL, CLKEN | 0x0500 | 0x1c);
    expect(start).toThrow(/without a generic clock/);
    chip.writeUint16(0x42003000, 1);
    chip.writeUint32(GENCTRL, 5 | GENEN | DFLL48M);
    expect(start).not.toThrow();
    expect(of(chip, CLKCTRL, 0x1c)).toBe(CLKEN | 0x0500);
  });

  it('a core that divides the generator sees the clocks that do not as faster than itself', () => {
    const chip = bare();
    chip.writeUint32(APBCMASK, 0x1fffff);
    chip.writeUint32(GENCTRL, 3 | GENEN | OSC8M);
    chip.writeUint32(GENDIV, 0x0a00); // the core at 100 kHz
    expectCycles(cyclesOf(chip, 3, 1000), 100);
  });

  it('there are nine generators and 37 clocks', () => {
    const chip = bare();
    expect(() => chip.writeUint32(GENCTRL, 9 | GENEN | OSC8M)).toThrow(/GENCTRL names generator 9/);
    expect(() => chip.writeUint32(GENDIV, 9)).toThrow(/GENDIV names generator 9/);
    expect(() => chip.writeUint16(CLKCTRL, CLKEN | 0x25)).toThrow(/names clock 37/);
    expect(() => chip.writeUint16(CLKCTRL, CLKEN | 0x24)).not.toThrow();
  });
});

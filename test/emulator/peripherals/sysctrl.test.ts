// SPDX-License-Identifier: Apache-2.0
/** Oscillators: what they give, when they are ready, and what the DFLL48M asks for. DS40001882, chapter "SYSCTRL". */
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { fastChip } from '../acquisition.ts';
import { chipWith } from '../program.ts';
import { cyclesOf } from '../timer.ts';

const SYSCTRL = 0x40000800;
const PCLKSR = SYSCTRL + 0x0c;
const XOSC = SYSCTRL + 0x10;
const XOSC32K = SYSCTRL + 0x14;
const OSC32K = SYSCTRL + 0x18;
const OSC8M = SYSCTRL + 0x20;
const DFLLCTRL = SYSCTRL + 0x24;
const DFLLMUL = SYSCTRL + 0x2c;
const GCLK = 0x40000c00;
const NVM = 0x41004000;
const ENABLE = 2;
const MODE = 4;
const USBCRM = 0x20;
/** PCLKSR. */
const XOSCRDY = 0x01;
const XOSC32KRDY = 0x02;
const OSC32KRDY = 0x04;
const OSC8MRDY = 0x08;
const DFLL_LOCKED = 0xc0;
/** GENCTRL of generator 3, enabled. */
const GENERATOR_3 = 0x10003;

const bare = (): Samd21 => chipWith([0xe7fe]);

describe('SYSCTRL', () => {
  it('start at 1 MHz from OSC8M and reach 48 MHz from the DFLL48M in closed loop', () => {
    const chip = bare();
    expect(chip.frequency).toBe(1e6);
    chip.writeUint32(NVM + 4, 0x82);
    chip.writeUint16(SYSCTRL + 0x14, 0x0c);
    expect(chip.readUint32(PCLKSR) & 2).toBe(0);
    chip.writeUint16(SYSCTRL + 0x14, 0x0e);
    expect(chip.readUint32(PCLKSR) & 2).toBe(2);
    chip.writeUint32(GCLK + 8, 1);
    chip.writeUint32(GCLK + 4, 0x10501);
    chip.writeUint16(GCLK + 2, 0x4100);
    chip.writeUint16(DFLLCTRL, 2);
    chip.writeUint32(SYSCTRL + 0x2c, 1465);
    expect(chip.readUint32(PCLKSR) & 0xc0).toBe(0);
    chip.writeUint16(DFLLCTRL, 6);
    chip.run(700); // at 1 MHz
    expect(chip.readUint32(PCLKSR) & 0xd0).toBe(0xd0);
    chip.writeUint32(GCLK + 4, 0x30700);
    expect(chip.frequency).toBe(1465 * 32768);
    chip.writeUint8(GCLK + 4, 1); // select generator 1 for reading
    expect(chip.readUint32(GCLK + 4)).toBe(0x10501);
  });

  it('a generator on an oscillator that is off is a fault, as is a DFLL register written under ONDEMAND', () => {
    expect(() => bare().writeUint32(GCLK + 4, 0x10701)).toThrow(/source 7, which is off/);
    expect(() => bare().writeUint32(SYSCTRL + 0x28, 0)).toThrow(/DFLLVAL written while DFLLCTRL.ONDEMAND/);
  });

  it('reset values', () => {
    const chip = bare();
    const halves: readonly (readonly [name: string, address: number, value: number])[] = [
      ['XOSC', XOSC, 0x0080],
      ['XOSC32K', XOSC32K, 0x0080],
      ['DFLLCTRL', DFLLCTRL, 0x0080],
      ['VREG', SYSCTRL + 0x3c, 0],
    ];
    for (const [name, address, value] of halves) expect(chip.readUint16(address), name).toBe(value);
    const words: readonly (readonly [name: string, address: number, value: number])[] = [
      ['INTENCLR', SYSCTRL, 0],
      ['INTENSET', SYSCTRL + 4, 0],
      ['OSC32K', OSC32K, 0x003f0080],
      ['OSC8M', OSC8M, 0x87070382], // but for its factory calibration
      ['DFLLMUL', DFLLMUL, 0],
      ['VREF', SYSCTRL + 0x40, 0],
      ['DPLLRATIO', SYSCTRL + 0x48, 0],
      ['DPLLCTRLB', SYSCTRL + 0x4c, 0],
    ];
    for (const [name, address, value] of words) expect(chip.readUint32(address), name).toBe(value);
    expect(chip.readUint8(SYSCTRL + 0x44), 'DPLLCTRLA').toBe(0x80);
    expect(chip.readUint8(SYSCTRL + 0x50), 'DPLLSTATUS').toBe(0);
  });

  it('each oscillator is ready when it is on', () => {
    const chip = bare();
    const ready = (): number => chip.readUint32(PCLKSR) & 0x0f;
    expect(ready()).toBe(OSC8MRDY);
    chip.writeUint16(XOSC, ENABLE);
    expect(ready()).toBe(OSC8MRDY | XOSCRDY);
    chip.writeUint16(XOSC32K, ENABLE);
    expect(ready()).toBe(OSC8MRDY | XOSCRDY | XOSC32KRDY);
    chip.writeUint32(OSC32K, 0x003f0000 | ENABLE);
    expect(ready()).toBe(OSC8MRDY | XOSCRDY | XOSC32KRDY | OSC32KRDY);
    chip.writeUint16(XOSC, 0);
    chip.writeUint16(XOSC32K, 0);
    chip.writeUint32(OSC32K, 0);
    expect(ready()).toBe(OSC8MRDY);
  });

  it.each([
    [0, 1],
    [1, 2],
    [2, 4],
    [3, 8],
  ])('OSC8M.PRESC %i divides 8 MHz by %i', (prescaler, divisor) => {
    const chip = bare();
    chip.writeUint32(OSC8M, 0x87070082 | (prescaler << 8));
    expect(chip.frequency).toBe(8e6 / divisor);
    const fast = fastChip();
    fast.writeUint32(OSC8M, 0x87070082 | (prescaler << 8));
    fast.writeUint32(GCLK + 4, GENERATOR_3 | 0x600);
    const cycles = cyclesOf(fast, 3, 100) - 600 * divisor;
    expect(cycles).toBeGreaterThanOrEqual(0);
    expect(cycles).toBeLessThanOrEqual(2);
  });

  it.each([
    ['OSCULP32K', 3, () => {}],
    ['OSC32K', 4, (chip: Samd21) => chip.writeUint32(OSC32K, ENABLE)],
    ['XOSC32K', 5, (chip: Samd21) => chip.writeUint16(XOSC32K, ENABLE)],
  ] as const)('%s gives 32,768 Hz', (_, source, on) => {
    const chip = fastChip();
    on(chip);
    chip.writeUint32(GCLK + 4, GENERATOR_3 | (source << 8));
    const late = cyclesOf(chip, 3, 32) - (32 * 48e6) / 32_768;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(2);
  });

  it('only OSCULP32K needs no switching on', () => {
    for (const source of [4, 5, 7]) {
      expect(() => bare().writeUint32(GCLK + 4, GENERATOR_3 | (source << 8))).toThrow(/which is off/);
    }
    const chip = fastChip();
    chip.writeUint32(OSC8M, 0x87070380);
    expect(chip.readUint32(PCLKSR) & OSC8MRDY).toBe(0);
    expect(() => chip.writeUint32(GCLK + 4, GENERATOR_3 | 0x600)).toThrow(/source 6, which is off/);
  });

  it('the DFLL48M locks in closed loop with a reference, and gives its multiple of that', () => {
    const chip = fastChip();
    expect(chip.frequency).toBe(48e6); // open loop
    expect(chip.readUint32(PCLKSR) & DFLL_LOCKED).toBe(0);
    chip.writeUint32(DFLLMUL, 1000);
    chip.writeUint32(GCLK + 4, GENERATOR_3 | 0x300); // OSCULP32K
    chip.writeUint16(GCLK + 2, 0x4300); // GCLK_DFLL48_REF
    chip.writeUint16(DFLLCTRL, ENABLE | MODE);
    expect(chip.readUint32(PCLKSR) & DFLL_LOCKED).toBe(0);
    expect(chip.frequency).toBe(48e6);
    chip.run(0.0007 * 48e6); // 700 us at most
    expect(chip.readUint32(PCLKSR) & DFLL_LOCKED).toBe(DFLL_LOCKED);
    expect(chip.frequency).toBe(32_768_000);
    chip.writeUint16(GCLK + 2, 0x0300);
    expect(chip.readUint32(PCLKSR) & DFLL_LOCKED).toBe(0);
  });

  it.each([-0.03, 0, 0.02])(
    'a DFLL48M that is off by %d is right once it has been locked to OSC8M',
    (dfllError) => {
      const chip = fastChip([0xe7fe], { silicon: { dfllError, osc8mError: 0.005 } });
      expect(chip.frequency).toBeCloseTo(48e6 * (1 + dfllError), 3);
      chip.writeUint32(DFLLMUL - 4, (0x17 << 10) | 512); // DFLLVAL
      expect(chip.frequency).toBeCloseTo(48e6 * (1 + dfllError), 3);
      chip.writeUint32(DFLLMUL, 1500);
      chip.writeUint32(OSC8M, 0x87070082);
      chip.writeUint32(GCLK + 8, 3 | (250 << 8));
      chip.writeUint32(GCLK + 4, GENERATOR_3 | 0x600);
      chip.writeUint16(GCLK + 2, 0x4300);
      chip.writeUint16(DFLLCTRL, ENABLE | MODE);
      chip.run(40_000);
      expect(chip.frequency).toBeCloseTo(48e6 * 1.005, 3);
      const found = chip.readUint32(DFLLMUL - 4);
      chip.writeUint16(DFLLCTRL, ENABLE);
      expect(chip.readUint32(DFLLMUL - 4)).toBe(found); // kept in open loop
      expect(Math.abs(chip.frequency / 48e6 - 1.005)).toBeLessThan(0.0005);
    },
  );

  it('with USB clock recovery it is in open loop until a host sends frames, 48,000 periods each', () => {
    const chip = fastChip();
    chip.writeUint32(DFLLMUL, 48_000);
    chip.writeUint16(DFLLCTRL, ENABLE | MODE | USBCRM);
    expect(chip.frequency).toBe(48e6);
    expect(chip.readUint32(PCLKSR) & DFLL_LOCKED).toBe(0);
    const wrong = fastChip();
    wrong.writeUint32(DFLLMUL, 1465);
    expect(() => wrong.writeUint16(DFLLCTRL, ENABLE | MODE | USBCRM)).toThrow(/MUL other than 48000/);
  });

  it('the interrupt mask is set and cleared by bits', () => {
    const chip = bare();
    chip.writeUint32(SYSCTRL + 4, 0x18);
    chip.writeUint32(SYSCTRL, 0x08);
    expect([chip.readUint32(SYSCTRL), chip.readUint32(SYSCTRL + 4)]).toEqual([0x10, 0x10]);
  });
});

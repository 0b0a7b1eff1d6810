// SPDX-License-Identifier: Apache-2.0
/** ADC, TC and EVSYS: alone, and in a chain that converts on time. */
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../compiler/emulator/samd21.ts';
import { ADC, connect, cycleOf, EVSYS, fastChip, PM_APBCMASK, route } from './acquisition.ts';

const RESULT = ADC + 0x1a;
const INTFLAG = ADC + 0x18;
const SWTRIG = ADC + 0x0c;
const EVCTRL = ADC + 0x14;
const GCLK_ADC = 0x1e;
const GCLK_TC4 = 0x1c;
const TC4 = 0x42003000;
const TC4_OVF = 0x36;
const ADC_START = 0x17;
const ASYNCHRONOUS = 0x02000000;
const MFRQ = 0x20;

/** AIN0 on PA02 against ground, at 1.5 MHz, sampled for eight cycles; counts from 100 on. */
function converting(prescaler = 3): Samd21 {
  const chip = fastChip();
  connect(chip, GCLK_ADC);
  route(chip, 1, 2);
  let count = 100;
  chip.microphone = { next: () => count++ };
  chip.writeUint16(ADC + 0x28, 0x07ff);
  chip.writeUint8(ADC + 0x03, 15);
  chip.writeUint16(ADC + 0x04, prescaler << 8);
  chip.writeUint32(ADC + 0x10, 0x0f001800);
  chip.writeUint8(ADC, 2);
  return chip;
}

const ready = (chip: Samd21) => (): boolean => (chip.readUint8(INTFLAG) & 1) !== 0;

function timer(chip: Samd21, top: number, control = MFRQ): void {
  connect(chip, GCLK_TC4);
  chip.writeUint16(TC4 + 0x18, top);
  chip.writeUint16(TC4 + 0x0a, 0x100);
  chip.writeUint16(TC4, control | 2);
}

describe('ADC', () => {
  it('a conversion started by software takes sampling and seven clocks', () => {
    const chip = converting();
    const begin = chip.cycles;
    chip.writeUint8(SWTRIG, 2);
    expect(chip.readUint8(INTFLAG)).toBe(0);
    const taken = cycleOf(chip, ready(chip)) - begin;
    expect(Math.abs(taken - 32 * (8 + 7))).toBeLessThanOrEqual(2);
    expect(chip.readUint16(RESULT)).toBe(100);
    expect(chip.readUint8(INTFLAG)).toBe(0);
  });

  it('a result that is not fetched is overwritten, flagged, and interrupts', () => {
    const chip = converting();
    chip.writeUint8(ADC + 0x17, 2);
    for (let i = 0; i < 2; i++) {
      expect(chip.core.pendingInterrupts & (1 << 23)).toBe(0);
      chip.writeUint8(SWTRIG, 2);
      chip.run(500);
    }
    expect(chip.readUint8(INTFLAG)).toBe(3);
    expect(chip.core.pendingInterrupts & (1 << 23)).not.toBe(0);
    expect(chip.readUint16(RESULT)).toBe(101);
    chip.writeUint8(INTFLAG, 2);
    expect(chip.readUint8(INTFLAG)).toBe(0);
  });

  it('counts are kept to 12 bits; flush and disable end a conversion', () => {
    const chip = converting();
    for (const [value, seen] of [
      [5000, 4095],
      [-3, 0],
    ]) {
      chip.microphone = { next: () => value ?? 0 };
      chip.writeUint8(SWTRIG, 2);
      chip.run(500);
      expect(chip.readUint16(RESULT)).toBe(seen);
    }
    for (const end of [() => chip.writeUint8(SWTRIG, 1), () => chip.writeUint8(ADC, 0)]) {
      chip.writeUint8(SWTRIG, 2);
      end();
      chip.run(1000);
      expect(chip.readUint8(INTFLAG)).toBe(0);
    }
  });

  it('settings that would spoil results are faults', () => {
    const start = (change: (chip: Samd21) => void, prescaler = 3) => {
      const chip = converting(prescaler);
      change(chip);
      return () => chip.writeUint8(SWTRIG, 2);
    };
    expect(start((chip) => chip.writeUint16(ADC + 0x28, 0))).toThrow(/without the factory calibration/);
    expect(start(() => {}, 2)).toThrow(/faster than 2.1 MHz/);
    expect(start((chip) => chip.writeUint32(ADC + 0x10, 0x0f001803))).toThrow(/AIN3 is not analog/);
    expect(start((chip) => chip.writeUint32(ADC + 0x10, 0x0f000000))).toThrow(/not ground/);
    expect(start((chip) => chip.writeUint16(ADC + 0x04, 0x304))).toThrow(/single-ended 12-bit/);
    expect(start((chip) => chip.writeUint8(SWTRIG, 2))).toThrow(/while a conversion is under way/);
    const chip = fastChip();
    expect(() => chip.writeUint8(ADC, 2)).toThrow(/without a generic clock/);
    chip.writeUint32(PM_APBCMASK, 0);
    expect(() => chip.readUint16(RESULT)).toThrow(/stops its bus clock/);
  });
});

describe('TC', () => {
  it.each([
    ['to CC0', MFRQ, 2999, 3000],
    ['to CC0, divided by 8', MFRQ | 0x300, 99, 800],
    ['to the end', 0, 7, 65_536],
  ])('counts %s in exact cycles', (_, control, top, period) => {
    const chip = fastChip();
    timer(chip, top, control);
    const begin = chip.cycles;
    for (let i = 1; i <= 20; i++) {
      const cycle = cycleOf(chip, () => (chip.readUint8(TC4 + 0x0e) & 1) !== 0) - begin;
      expect(cycle - i * period).toBeGreaterThanOrEqual(0);
      expect(cycle - i * period).toBeLessThanOrEqual(2);
      chip.writeUint8(TC4 + 0x0e, 1);
    }
  });

  it('shows its count, keeps it when it stops, and goes on from it', () => {
    const chip = fastChip();
    timer(chip, 2999);
    chip.run(1000);
    const count = chip.readUint16(TC4 + 0x10);
    expect(Math.abs(count - 1000)).toBeLessThanOrEqual(2);
    expect(chip.readUint8(TC4 + 0x0f)).toBe(0);
    chip.writeUint16(TC4, MFRQ);
    chip.run(5000);
    expect(chip.readUint16(TC4 + 0x10)).toBe(count);
    expect(chip.readUint8(TC4 + 0x0e)).toBe(0);
    expect(chip.readUint8(TC4 + 0x0f)).toBe(8);
    chip.writeUint16(TC4, MFRQ | 2);
    const begin = chip.cycles;
    const cycle = cycleOf(chip, () => (chip.readUint8(TC4 + 0x0e) & 1) !== 0) - begin;
    expect(Math.abs(cycle - (3000 - count))).toBeLessThanOrEqual(2);
  });

  it('interrupts, each timer on its own line', () => {
    for (const [i, clock] of [0x1b, 0x1c, 0x1c].entries()) {
      const chip = fastChip();
      connect(chip, clock);
      const base = 0x42002c00 + 0x400 * i;
      chip.writeUint16(base + 0x18, 99);
      chip.writeUint8(base + 0x0d, 1);
      chip.writeUint16(base, MFRQ | 2);
      chip.run(97);
      expect(chip.core.pendingInterrupts).toBe(0);
      chip.run(5);
      expect(chip.core.pendingInterrupts).toBe(1 << (18 + i));
    }
  });

  it('refuses what it does not know', () => {
    const chip = fastChip();
    expect(() => chip.writeUint16(TC4, MFRQ | 2)).toThrow(/without a generic clock/);
    const fresh = fastChip();
    expect(() => timer(fresh, 9, 0x40)).toThrow(/only 16-bit NFRQ and MFRQ/);
    const on = fastChip();
    timer(on, 9);
    expect(() => on.writeUint16(TC4, 2)).toThrow(/CTRLA changed while enabled/);
    expect(() => on.writeUint16(TC4 + 0x18, 5)).toThrow(/written while it counts/);
    expect(() => on.writeUint16(TC4 + 0x0a, 0)).toThrow(/EVCTRL written while enabled/);
    expect(() => on.writeUint8(TC4 + 0x05, 4)).toThrow(/CTRLBSET = 4/);
  });
});

describe('EVSYS', () => {
  const connectEvents = (chip: Samd21, channel: number, path = ASYNCHRONOUS): void => {
    chip.writeUint8(EVCTRL, 1);
    chip.writeUint16(EVSYS + 8, ADC_START | ((channel + 1) << 8));
    chip.writeUint32(EVSYS + 4, channel | (TC4_OVF << 16) | path);
  };

  it('a timer starts conversions, each at its exact cycle', () => {
    for (const channel of [0, 7, 11]) {
      const chip = converting();
      connectEvents(chip, channel);
      timer(chip, 2999);
      const begin = chip.cycles;
      for (let i = 1; i <= 30; i++) {
        const cycle = cycleOf(chip, ready(chip)) - begin;
        expect(Math.abs(cycle - (3000 * i + 480))).toBeLessThanOrEqual(3);
        expect(chip.readUint16(RESULT)).toBe(99 + i);
      }
      expect(chip.readUint8(INTFLAG)).toBe(0);
    }
  });

  it('no conversion without STARTEI, without the user, without the generator', () => {
    const quiet = (change: (chip: Samd21) => void): number => {
      const chip = converting();
      connectEvents(chip, 0);
      change(chip);
      timer(chip, 2999);
      chip.run(20_000);
      return chip.readUint8(INTFLAG);
    };
    expect(quiet(() => {})).toBe(3);
    expect(quiet((chip) => chip.writeUint8(EVCTRL, 0))).toBe(0);
    expect(quiet((chip) => chip.writeUint16(EVSYS + 8, ADC_START))).toBe(0);
    expect(quiet((chip) => chip.writeUint32(EVSYS + 4, ASYNCHRONOUS | (0x33 << 16)))).toBe(0);
    expect(quiet((chip) => chip.writeUint8(EVSYS, 1))).toBe(0);
  });

  it('software events, and reading back', () => {
    const chip = converting();
    connectEvents(chip, 3);
    chip.writeUint32(EVSYS + 4, 3 | 0x100 | ASYNCHRONOUS);
    chip.run(500);
    expect(chip.readUint8(INTFLAG)).toBe(1);
    connectEvents(chip, 5);
    chip.writeUint8(EVSYS + 4, 5);
    expect(chip.readUint32(EVSYS + 4)).toBe((5 | (TC4_OVF << 16) | ASYNCHRONOUS) >>> 0);
    chip.writeUint8(EVSYS + 8, ADC_START);
    expect(chip.readUint16(EVSYS + 8)).toBe(ADC_START | (6 << 8));
  });

  it('an event that silicon would lose is a fault', () => {
    const run = (path: number, prepare: (chip: Samd21) => void = () => {}) => {
      const chip = converting();
      prepare(chip);
      connectEvents(chip, 0, path);
      timer(chip, 2999);
      return () => chip.run(5000);
    };
    expect(run(0x04000000)).toThrow(/without GCLK_EVSYS_0/);
    const withClock = (chip: Samd21): void => connect(chip, 0x07);
    expect(run(0, withClock)).toThrow(/EDGSEL lets none through/);
    expect(run(0x04000000, withClock)).not.toThrow();
    const chip = fastChip();
    expect(() => chip.writeUint32(EVSYS + 4, 12)).toThrow(/channel 12 of 12/);
    expect(() => chip.writeUint16(EVSYS + 8, 0x1d)).toThrow(/connects user 29/);
    chip.writeUint32(PM_APBCMASK, 0);
    expect(() => chip.readUint8(EVSYS)).toThrow(/stops its bus clock/);
  });
});

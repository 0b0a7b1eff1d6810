// SPDX-License-Identifier: Apache-2.0
/** The ADC alone; evsys.test.ts has it started by events. DS40001882, chapter "ADC". */
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { ADC, converting, cycleOf, fastChip, PM_APBCMASK, ready } from '../acquisition.ts';

const RESULT = ADC + 0x1a;
const INTFLAG = ADC + 0x18;
const SWTRIG = ADC + 0x0c;

describe('ADC', () => {
  it('a conversion started by software takes sampling and seven clocks', () => {
    const chip = converting();
    chip.stall(9); // ENABLE is on its way
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

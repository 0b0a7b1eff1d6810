// SPDX-License-Identifier: Apache-2.0
/** External interrupts: what a pin must do to interrupt the CPU. */
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { connect, fastChip, route } from '../acquisition.ts';
import { halfwords } from '../program.ts';

const EIC = 0x40001800;
const NMICTRL = EIC + 0x02;
const NMIFLAG = EIC + 0x03;
const EVCTRL = EIC + 0x04;
const INTENCLR = EIC + 0x08;
const INTENSET = EIC + 0x0c;
const INTFLAG = EIC + 0x10;
const CONFIG = EIC + 0x18;
const APBAMASK = 0x40000418;
const PORT_DIRSET = 0x41004408;
const PORT_OUTTGL = 0x4100441c;
const GCLK_EIC = 5;
const A = 0;
const HANDLER = 0x2200;
/** Pin PA20 is EXTINT4, PB23 EXTINT7, PA15 EXTINT15. */
const PINS = [
  [20, 4],
  [32 + 23, 7],
  [15, 15],
] as const;

/** One line that looks for something, with its interrupt enabled; the handler counts in r5 and acknowledges. */
function chipWith(pin: number, line: number, sense: number, level: 0 | 1): Samd21 {
  // adds r5, #1; str r3, [r4]; bx lr
  const chip = fastChip([0xe7fe], { handlers: { [16 + 4]: HANDLER | 1, 2: HANDLER | 1 } });
  chip.memory.load({ address: HANDLER, bytes: halfwords(0x3501, 0x6023, 0x4770) });
  chip.core.registers.set([0, 0, 0, 1 << line, INTFLAG]);
  connect(chip, GCLK_EIC);
  route(chip, A, pin);
  chip.port.drive(pin, level);
  chip.writeUint32(CONFIG + 4 * (line >> 3), sense << (4 * (line & 7)));
  chip.writeUint32(INTENSET, 1 << line);
  chip.writeUint32(0xe000e100, 1 << 4);
  chip.writeUint8(EIC, 2);
  chip.run(100);
  return chip;
}

const calls = (chip: Samd21): number => {
  chip.run(100);
  return chip.core.registers[5] ?? 0;
};

describe.each(PINS)('pin %i, line %i', (pin, line) => {
  it.each([
    ['rising edges', 1, [0, 1, 1, 2, 2]],
    ['falling edges', 2, [0, 0, 1, 1, 2]],
    ['both edges', 3, [0, 1, 2, 3, 4]],
    ['nothing', 0, [0, 0, 0, 0, 0]],
  ])('%s', (_, sense, expected) => {
    const chip = chipWith(pin, line, sense, 0);
    const seen = [calls(chip)];
    for (const level of [1, 0, 1, 0] as const) {
      chip.port.drive(pin, level);
      seen.push(calls(chip));
    }
    expect(seen).toEqual(expected);
    expect(chip.readUint32(INTFLAG)).toBe(0);
  });

  it.each([
    ['a high level', 4, 1],
    ['a low level', 5, 0],
  ] as const)('%s interrupts until it is over', (_, sense, level) => {
    const chip = chipWith(pin, line, sense, level === 1 ? 0 : 1);
    expect(calls(chip)).toBe(0);
    chip.port.drive(pin, level);
    const first = calls(chip);
    expect(first).toBeGreaterThan(1);
    expect(calls(chip)).toBeGreaterThan(first);
    chip.port.drive(pin, level === 1 ? 0 : 1);
    const last = calls(chip);
    expect(calls(chip)).toBe(last);
    expect(chip.readUint32(INTFLAG)).toBe(0);
  });
});

describe('EIC', () => {
  it('keeps a flag until it is acknowledged, and interrupts only where it is enabled', () => {
    const chip = chipWith(20, 4, 3, 0);
    chip.writeUint32(INTENCLR, 1 << 4);
    chip.port.drive(20, 1);
    expect(calls(chip)).toBe(0);
    expect(chip.readUint32(INTFLAG)).toBe(1 << 4);
    chip.writeUint32(INTFLAG, 1 << 5);
    expect(chip.readUint32(INTFLAG)).toBe(1 << 4);
    chip.writeUint32(INTENSET, 1 << 4);
    expect(calls(chip)).toBe(1);
  });

  it('ends the sleep of the CPU', () => {
    const chip = chipWith(20, 4, 1, 0);
    chip.memory.load({ address: 0x2100, bytes: halfwords(0xbf30, 0x3001, 0xe7fc) }); // wfi; adds r0, #1; b
    chip.core.registers[15] = 0x2100;
    chip.run(1000);
    expect([chip.core.registers[0], chip.core.waiting]).toEqual([0, true]);
    chip.port.drive(20, 1);
    chip.run(1000);
    expect([chip.core.registers[0], chip.core.registers[5]]).toEqual([1, 1]);
  });

  it('sees what firmware does with an output, and nothing of pins that have another function', () => {
    const chip = chipWith(20, 4, 3, 0);
    chip.writeUint32(PORT_DIRSET, 1 << 20);
    chip.writeUint32(PORT_OUTTGL, 1 << 20);
    chip.writeUint32(PORT_OUTTGL, 1 << 20);
    expect(calls(chip)).toBe(1); // both edges before the handler came
    const other = chipWith(20, 4, 3, 0);
    route(other, 2, 20);
    other.port.drive(20, 1);
    expect(calls(other)).toBe(0);
  });

  it('is quiet when it is off, and after a reset', () => {
    const chip = chipWith(20, 4, 3, 0);
    chip.writeUint8(EIC, 0);
    chip.port.drive(20, 1);
    expect(calls(chip)).toBe(0);
    chip.writeUint8(EIC, 2); // an edge is one from here on
    expect(calls(chip)).toBe(0);
    chip.writeUint8(EIC, 1);
    expect([chip.readUint8(EIC), chip.readUint32(CONFIG), chip.readUint32(INTENSET)]).toEqual([0, 0, 0]);
  });

  it('raises the NMI at PA08, which nothing masks and ENABLE does not hold back', () => {
    const chip = fastChip([0xe7fe], { handlers: { 2: HANDLER | 1 } });
    chip.memory.load({ address: HANDLER, bytes: halfwords(0x3501, 0x4770) });
    chip.core.registers[5] = 0;
    connect(chip, GCLK_EIC);
    route(chip, A, 8);
    chip.writeUint8(NMICTRL, 2);
    chip.core.PM = true;
    for (const level of [0, 1, 0] as const) {
      chip.port.drive(8, level);
      chip.run(100);
    }
    // The second edge finds the flag set.
    expect([chip.core.registers[5], chip.readUint8(NMIFLAG)]).toEqual([1, 1]);
    chip.writeUint8(NMIFLAG, 1);
    chip.port.drive(8, 1);
    chip.port.drive(8, 0);
    chip.run(100);
    expect(chip.core.registers[5]).toBe(2);
  });

  it('faults where silicon would miss something: clocks, filters, events, two pins on a line', () => {
    const stopped = fastChip();
    stopped.writeUint32(APBAMASK, 0x3f);
    expect(() => stopped.readUint8(EIC)).toThrow(/EIC used while PM.APBAMASK stops its bus clock/);
    const still = fastChip();
    route(still, A, 20);
    still.writeUint32(CONFIG, 1 << 16);
    expect(() => still.writeUint8(EIC, 2)).toThrow(/edge at line 4 without GCLK_EIC/);
    const level = fastChip();
    level.writeUint32(CONFIG, 4 << 16);
    level.writeUint8(EIC, 2); // levels need no clock
    expect(level.readUint32(INTFLAG)).toBe(0);
    expect(() => fastChip().writeUint32(CONFIG, 8)).toThrow(/filters are not modelled/);
    expect(() => fastChip().writeUint8(NMICTRL, 9)).toThrow(/filters are not modelled/);
    expect(() => fastChip().writeUint32(EVCTRL, 1)).toThrow(/events are not modelled/);
    const both = fastChip();
    connect(both, GCLK_EIC);
    route(both, A, 4, 20);
    both.writeUint32(CONFIG, 3 << 16);
    expect(() => both.writeUint8(EIC, 2)).toThrow(/2 pins lead to EXTINT4/);
  });
});

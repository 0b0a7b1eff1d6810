// SPDX-License-Identifier: Apache-2.0
/** The watchdog: when it barks, when it bites, and what keeps it quiet. */
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { fastChip } from '../acquisition.ts';
import { halfwords } from '../program.ts';

const WDT = 0x40001000;
const CONFIG = WDT + 1;
const EWCTRL = WDT + 2;
const INTENCLR = WDT + 4;
const INTENSET = WDT + 5;
const INTFLAG = WDT + 6;
const STATUS = WDT + 7;
const CLEAR = WDT + 8;
const ENABLE = 2;
const KEY = 0xa5;
const SYNCBUSY = 0x80;
const GCLK = 0x40000c00;
const RCAUSE = 0x40000438;
const HANDLER = 0x2200;
/** Core cycles in one of GCLK_WDT's: 48 MHz and 32,768 Hz / 32. */
const TICK = 48e6 / 1024;
/** Of the slow clock, until a write has arrived. */
const SYNC = Math.ceil(6 * TICK) + 3;

/** At 48 MHz, GCLK_WDT at 1,024 Hz; a handler that acknowledges and counts in r5. */
function chip(): Samd21 {
  const chip = fastChip([0xe7fe], { handlers: { [16 + 2]: HANDLER | 1 } });
  chip.memory.load({ address: HANDLER, bytes: halfwords(0x3501, 0x7023, 0x4770) }); // adds r5; strb r3, [r4]; bx lr
  chip.writeUint32(GCLK + 8, 0x0402);
  chip.writeUint32(GCLK + 4, 0x110302); // OSCULP32K / 2^5
  chip.writeUint16(GCLK + 2, 0x4203);
  chip.core.registers.set([0, 0, 0, 1, INTFLAG, 0]);
  return chip;
}

/** Starts it with a period of 8 << n cycles of its clock. */
function started(period: number, warning = 11): Samd21 {
  const result = chip();
  result.writeUint8(CONFIG, period);
  result.writeUint8(EWCTRL, warning);
  result.writeUint8(WDT, ENABLE);
  return result;
}

/** Cycle at which it resets the chip; null: not within the limit. */
function resetOf(chip: Samd21, limit: number): number | null {
  let at: number | null = null;
  chip.onSystemReset = (cause) => {
    expect(cause).toBe('watchdog');
    at = chip.cycles;
    chip.stop();
  };
  chip.run(limit);
  return at;
}

describe('WDT', () => {
  it.each([0, 1, 4, 8])('period %i: resets the chip after 8 << n cycles of its clock, not before', (n) => {
    const dog = started(n);
    const start = dog.cycles;
    const due = Math.ceil((8 << n) * TICK);
    const at = resetOf(dog, due + 1000) ?? 0;
    expect(at - start).toBeGreaterThanOrEqual(due);
    expect(at - start).toBeLessThan(due + 20);
    expect(dog.readUint8(RCAUSE)).toBe(0x20);
    expect(dog.readUint8(WDT)).toBe(0); // off, as after any reset
    expect(resetOf(dog, 3 * due)).toBeNull();
  });

  it('is quiet while the key comes in time, from the first cycle to the last: there is no window', () => {
    const dog = started(3);
    const period = 64 * TICK;
    for (const share of [0.2, 0.5, 0.999, 0.25, 0.999]) {
      expect(resetOf(dog, Math.floor(share * period))).toBeNull();
      dog.writeUint8(CLEAR, KEY);
    }
    const last = dog.cycles;
    expect((resetOf(dog, 2 * period) ?? 0) - last).toBeGreaterThanOrEqual(period);
  });

  it('resets at once when the key is wrong', () => {
    for (const key of [0, 0x5a, 0xa4, 0xff]) {
      const dog = started(8);
      dog.run(2 * SYNC);
      let resets = 0;
      dog.onSystemReset = () => resets++;
      dog.writeUint8(CLEAR, key);
      expect(resets, `${key}`).toBe(1);
    }
  });

  it('is off until ENABLE, and off again without it', () => {
    const dog = chip();
    dog.writeUint8(CONFIG, 0);
    expect(resetOf(dog, 100 * TICK)).toBeNull();
    dog.writeUint8(CLEAR, 0); // no key needed: nothing runs
    dog.run(SYNC + 1);
    dog.writeUint8(WDT, ENABLE);
    dog.run(SYNC + 1);
    dog.writeUint8(WDT, 0);
    expect(resetOf(dog, 100 * TICK)).toBeNull();
  });

  it('warns before it bites, and a clear begins both anew', () => {
    const dog = started(2, 0);
    dog.writeUint8(INTENSET, 1);
    dog.writeUint32(0xe000e100, 1 << 2);
    const warned = () => dog.core.registers[5];
    expect(resetOf(dog, 7.9 * TICK)).toBeNull();
    expect(warned()).toBe(0);
    expect(resetOf(dog, 0.2 * TICK)).toBeNull();
    expect([warned(), dog.readUint8(INTFLAG)]).toEqual([1, 0]);
    dog.writeUint8(CLEAR, KEY);
    dog.writeUint8(INTENCLR, 1);
    expect(resetOf(dog, 31.9 * TICK)).toBeNull();
    expect([warned(), dog.readUint8(INTFLAG)]).toEqual([1, 1]); // a flag without an interrupt
    expect(resetOf(dog, 0.2 * TICK)).not.toBeNull();
  });

  it('does not warn where the warning would come after the end', () => {
    const dog = started(1, 1);
    expect(resetOf(dog, 15.9 * TICK)).toBeNull();
    expect(dog.readUint8(INTFLAG)).toBe(0);
  });

  it('needs six cycles of its slow clock for a write, and reports it', () => {
    const dog = started(8);
    expect(dog.readUint8(STATUS)).toBe(SYNCBUSY);
    expect(() => dog.writeUint8(CLEAR, KEY)).toThrow(/CLEAR written while STATUS.SYNCBUSY/);
    dog.run(SYNC - 10);
    expect(dog.readUint8(STATUS)).toBe(SYNCBUSY);
    dog.run(20);
    expect(dog.readUint8(STATUS)).toBe(0);
    dog.writeUint8(CLEAR, KEY);
  });

  it('faults: window mode, always-on, protected registers, reserved periods, no clock', () => {
    expect(() => chip().writeUint8(WDT, ENABLE | 4)).toThrow(/window mode and always-on are not modelled/);
    expect(() => chip().writeUint8(WDT, 0x80)).toThrow(/always-on are not modelled/);
    expect(() => started(8).writeUint8(CONFIG, 1)).toThrow(/CONFIG written while it is enabled/);
    expect(() => started(8).writeUint8(EWCTRL, 1)).toThrow(/EWCTRL written while it is enabled/);
    expect(() => chip().writeUint8(CONFIG, 12)).toThrow(/reserved period/);
    expect(() => fastChip().writeUint8(WDT, ENABLE)).toThrow(/WDT.CTRL written without GCLK_WDT/);
  });
});

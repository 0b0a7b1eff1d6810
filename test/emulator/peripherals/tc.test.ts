// SPDX-License-Identifier: Apache-2.0
/** Timer/Counter. DS40001882, chapter "TC"; lines of interrupts from table "Interrupt Line Mapping". */
import { describe, expect, it } from 'vitest';
import { connect, cycleOf, fastChip, PM_APBCMASK } from '../acquisition.ts';
import { MFRQ, overflowed, TC4, timer } from '../timer.ts';

const NFRQ = 0;
const CC0 = TC4 + 0x18;
const COUNT = TC4 + 0x10;
const STATUS = TC4 + 0x0f;
const INTFLAG = TC4 + 0x0e;
/** Six cycles of its clock and three of the bus, which are the core's here. */
const SYNC = 9;
/** Base, generic clock, and bit of PM.APBCMASK of TC3 to TC5. */
const TIMERS = [
  [0x42002c00, 0x1b, 11],
  [0x42003000, 0x1c, 12],
  [0x42003400, 0x1c, 13],
] as const;

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
      const cycle = cycleOf(chip, overflowed(chip)) - begin;
      expect(cycle - i * period).toBeGreaterThanOrEqual(0);
      expect(cycle - i * period).toBeLessThanOrEqual(2);
      chip.writeUint8(TC4 + 0x0e, 1);
    }
  });

  it('shows its count, keeps it when it stops, and goes on from it', () => {
    const chip = fastChip();
    timer(chip, 2999);
    chip.run(1000);
    const asked = chip.cycles;
    const count = chip.readUint16(COUNT);
    expect(chip.cycles - asked).toBe(SYNC); // it comes over from the timer's clock, and the bus waits
    expect(Math.abs(count - 1000 - SYNC)).toBeLessThanOrEqual(2);
    expect(chip.readUint8(STATUS)).toBe(0);
    chip.writeUint16(TC4, MFRQ);
    expect(chip.readUint8(STATUS)).toBe(0x88); // SYNCBUSY, STOP
    chip.run(5000);
    const stopped = chip.readUint16(COUNT);
    expect(Math.abs(stopped - count)).toBeLessThanOrEqual(2);
    expect(chip.readUint8(INTFLAG)).toBe(0);
    expect(chip.readUint8(STATUS)).toBe(8);
    chip.writeUint16(TC4, MFRQ | 2);
    const begin = chip.cycles;
    const cycle = cycleOf(chip, overflowed(chip)) - begin;
    expect(Math.abs(cycle - (3000 - stopped))).toBeLessThanOrEqual(2);
  });

  it('the bus stands still for a write while another is on its way, the core with it', () => {
    const chip = fastChip();
    timer(chip, 2999);
    const begin = chip.cycles;
    // CTRLBSET refuses this command, after the wait.
    expect(() => chip.writeUint8(TC4 + 0x05, 0x40)).toThrow(/CTRLBSET = 64/);
    expect(chip.cycles - begin).toBe(SYNC);
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

  it('stands still after a reset, with every register at 0 but STATUS.STOP', () => {
    const chip = fastChip();
    const isReset = (): void => {
      for (const offset of [0x00, 0x0a, 0x10, 0x18, 0x1a]) expect(chip.readUint16(TC4 + offset)).toBe(0);
      for (const offset of [0x05, 0x06, 0x08, 0x0c, 0x0d, 0x0e]) expect(chip.readUint8(TC4 + offset)).toBe(0);
      expect(chip.readUint8(STATUS)).toBe(0x08);
      chip.run(5000);
      expect(chip.readUint16(COUNT)).toBe(0);
    };
    isReset();
    chip.writeUint16(TC4 + 0x1a, 7);
    chip.writeUint8(TC4 + 0x0d, 1);
    timer(chip, 99);
    chip.run(500);
    expect(chip.readUint8(INTFLAG)).toBe(1);
    chip.writeUint16(TC4, 1); // SWRST
    isReset();
    expect(chip.readUint32(0xe000e200) & (1 << 19)).not.toBe(0); // pending stays pending
  });

  it.each([
    [0, 1],
    [1, 2],
    [2, 4],
    [3, 8],
    [4, 16],
    [5, 64],
    [6, 256],
    [7, 1024],
  ])('PRESCALER %i divides by %i', (code, divisor) => {
    const chip = fastChip();
    timer(chip, 9, MFRQ | (code << 8));
    const begin = chip.cycles;
    for (let i = 1; i <= 3; i++) {
      const late = cycleOf(chip, overflowed(chip)) - begin - 10 * divisor * i;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(2);
      chip.writeUint8(INTFLAG, 1);
    }
  });

  it('counts its generic clock, not the core', () => {
    const chip = fastChip();
    connect(chip, 0x1c, 5);
    chip.writeUint16(CC0, 99);
    chip.writeUint16(TC4, MFRQ | 2);
    const begin = chip.cycles;
    const late = cycleOf(chip, overflowed(chip)) - begin - 500;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(2);
  });

  it('starts from the COUNT that it was given', () => {
    const chip = fastChip();
    chip.writeUint16(COUNT, 0xff00);
    timer(chip, 0, NFRQ);
    const begin = chip.cycles;
    const late = cycleOf(chip, overflowed(chip)) - begin - 0x100;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(2);
    chip.writeUint8(INTFLAG, 1);
    chip.run(1000);
    expect(chip.readUint8(INTFLAG)).toBe(0); // the next round is a whole one
  });

  it('the interrupt follows INTENSET, INTENCLR and the flag, which is cleared by writing 1', () => {
    const chip = fastChip();
    const line = 1 << 19;
    const asks = (): boolean => {
      chip.writeUint32(0xe000e280, line); // clears what is no longer asked for
      return (chip.readUint32(0xe000e200) & line) !== 0;
    };
    timer(chip, 999);
    chip.run(1100);
    expect(asks()).toBe(false);
    chip.writeUint8(TC4 + 0x0d, 1);
    expect([chip.readUint8(TC4 + 0x0c), asks()]).toEqual([1, true]);
    chip.writeUint8(TC4 + 0x0c, 1);
    expect([chip.readUint8(TC4 + 0x0d), asks()]).toEqual([0, false]);
    chip.writeUint8(TC4 + 0x0d, 1);
    chip.writeUint8(INTFLAG, 0);
    expect(asks()).toBe(true);
    chip.writeUint8(INTFLAG, 1);
    expect(asks()).toBe(false);
  });

  it.each(TIMERS)('the timer at 0x%x needs its bus clock and its generic clock', (base, clock, bit) => {
    const chip = fastChip();
    for (const other of [0x1b, 0x1c].filter((id) => id !== clock)) connect(chip, other);
    expect(() => chip.writeUint16(base, 2)).toThrow(/without a generic clock/);
    const gated = fastChip();
    connect(gated, clock);
    gated.writeUint32(PM_APBCMASK, 0x1fffff & ~(1 << bit));
    expect(() => gated.readUint16(base)).toThrow(/stops its bus clock/);
    gated.writeUint32(PM_APBCMASK, 1 << bit);
    gated.writeUint16(base, 2);
    expect(gated.readUint8(base + 0x0f)).toBe(0x80); // SYNCBUSY
    gated.stall(9);
    expect(gated.readUint8(base + 0x0f)).toBe(0);
  });

  it('a start above the top value is a fault', () => {
    const chip = fastChip();
    chip.writeUint16(COUNT, 10);
    expect(() => timer(chip, 9)).toThrow(/above its top value/);
  });
});

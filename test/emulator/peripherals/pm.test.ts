// SPDX-License-Identifier: Apache-2.0
/** Clock gates, the core's divider and the cause of a reset. DS40001882, chapter "PM - Power Manager". */
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { chipWith, DATA, words } from '../program.ts';
import { cyclesOf } from '../timer.ts';

const PM = 0x40000400;
const CPUSEL = PM + 0x08;
const AHBMASK = PM + 0x14;
const APBAMASK = PM + 0x18;
const APBBMASK = PM + 0x1c;
const APBCMASK = PM + 0x20;
const RCAUSE = PM + 0x38;

const bare = (): Samd21 => chipWith([0xe7fe]);

/** Buses first: none may be faster than the core. */
function divide(chip: Samd21, n: number): void {
  for (const i of [1, 2, 3, 0]) chip.writeUint8(CPUSEL + i, n);
}

describe('PM', () => {
  it('a reset by software is reported, and keeps RAM and the cycles', () => {
    const chip = bare();
    chip.memory.load({ address: DATA, bytes: words(0xf01669ef) });
    chip.writeUint32(APBCMASK, 0xff);
    let resets = 0;
    chip.onSystemReset = () => resets++;
    chip.run(10);
    chip.writeUint32(0xe000ed0c, 0x05fa0004);
    expect(resets).toBe(1);
    expect(chip.peek32(DATA)).toBe(0xf01669ef);
    expect(chip.readUint32(APBCMASK)).toBe(0x00010000);
    expect(chip.readUint8(RCAUSE)).toBe(0x40);
    expect(chip.cycles).toBeGreaterThanOrEqual(10);
  });

  it('reset values', () => {
    const chip = bare();
    for (const offset of [0x00, 0x01, 0x08, 0x09, 0x0a, 0x0b, 0x34, 0x35])
      expect(chip.readUint8(PM + offset), `offset ${offset}`).toBe(0);
    const masks = [AHBMASK, APBAMASK, APBBMASK, APBCMASK].map((address) => chip.readUint32(address));
    expect(masks).toEqual([0x7f, 0x7f, 0x7f, 0x10000]);
    expect(chip.readUint8(RCAUSE)).toBe(1); // power-on
    chip.writeUint8(RCAUSE, 0x40);
    expect(chip.readUint8(RCAUSE)).toBe(1);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('CPUSEL %i: the core at 2^-n of generator 0, which goes on', (n) => {
    const chip = bare();
    chip.writeUint32(APBCMASK, 0x1fffff);
    divide(chip, n);
    for (const i of [0, 1, 2, 3]) expect(chip.readUint8(CPUSEL + i)).toBe(n);
    expect(chip.frequency).toBe(1e6);
    const late = cyclesOf(chip, 0, 12_800) - 12_800;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(2);
  });

  it('a divided core takes more cycles for what it executes, and its sleep gives the buses fewer', () => {
    // 100 instructions of a cycle; WFI; a branch to itself.
    const chip = chipWith([...Array.from({ length: 100 }, () => 0x46c0), 0xbf30, 0xe7fe]);
    divide(chip, 4);
    chip.run(2);
    const fast = chipWith([...Array.from({ length: 100 }, () => 0x46c0), 0xbf30, 0xe7fe]);
    fast.run(300);
    chip.run(5000);
    const awake = (of: Samd21) => of.cycles - of.sleepCycles;
    expect(awake(fast)).toBeLessThan(110);
    expect(awake(chip)).toBe(16 * (awake(fast) - 2) + 2); // the sleep's own instruction is charged afterwards
    expect(chip.sleepBusCycles).toBe(chip.sleepCycles / 16);
    expect(fast.sleepBusCycles).toBe(fast.sleepCycles);
  });

  it('faults: a bus faster than the core, a divider written again before it has settled', () => {
    expect(() => bare().writeUint8(CPUSEL, 1)).toThrow(/PM.APBASEL makes its bus faster than the core/);
    const chip = bare();
    chip.writeUint8(CPUSEL + 1, 3);
    expect(() => chip.writeUint8(CPUSEL + 1, 0)).toThrow(/PM.APBASEL written before its last change/);
    chip.run(16);
    chip.writeUint8(CPUSEL + 1, 0);
    expect(chip.readUint8(CPUSEL + 1)).toBe(0);
  });

  /** The bit that starts the bus clock, and an address whose read needs it. */
  const gates: readonly (readonly [name: string, mask: number, bit: number, address: number])[] = [
    ['EIC', APBAMASK, 6, 0x40001800],
    ['DMAC', AHBMASK, 5, 0x41004800],
    ['DMAC', APBBMASK, 4, 0x41004800],
    ['USB', AHBMASK, 6, 0x41005000],
    ['USB', APBBMASK, 5, 0x41005000],
    ['EVSYS', APBCMASK, 1, 0x42000400],
    ...[0, 1, 2, 3, 4, 5].map((n) => [`SERCOM${n}`, APBCMASK, 2 + n, 0x42000800 + 0x400 * n] as const),
    ...[3, 4, 5].map((n) => [`TC${n}`, APBCMASK, 8 + n, 0x42002c00 + 0x400 * (n - 3)] as const),
    ['ADC', APBCMASK, 16, 0x42004000],
    ['I2S', APBCMASK, 20, 0x42005000],
  ];
  it.each(gates)(
    '%s answers with its bit of the mask at 0x%x, bit %i, and with no other',
    (name, mask, bit, address) => {
      const chip = bare();
      chip.writeUint32(mask, 1 << bit);
      expect(chip.readUint8(address)).toBe(0);
      chip.writeUint32(mask, ~(1 << bit) >>> 0);
      expect(() => chip.readUint8(address)).toThrow(new RegExp(`${name} used while .*stops its bus clock`));
      expect(() => chip.writeUint8(address, 0)).toThrow(/stops its bus clock/);
    },
  );

  it('a reset by the system gives the gates and dividers their reset values', () => {
    const chip = bare();
    divide(chip, 3);
    chip.writeUint32(AHBMASK, 0);
    chip.writeUint32(APBAMASK, 0x01);
    chip.writeUint32(0xe000ed0c, 0x05fa0004);
    expect([chip.readUint8(CPUSEL), chip.readUint32(AHBMASK), chip.readUint32(APBAMASK)]).toEqual([
      0, 0x7f, 0x7f,
    ]);
    expect(chip.frequency).toBe(1e6);
  });
});

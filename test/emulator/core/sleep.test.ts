// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { chipWith, halfwords } from '../program.ts';

const ISER = 0xe000e100;
const SCR = 0xe000ed10;
const PM_SLEEP = 0x40000401;
const IRQ = 9;
const WFI = 0xbf30;
const WFE = 0xbf20;
const LOOP = [WFI, 0x3001, 0xe7fc]; // wfi; adds r0, #1; b back

describe('sleep', () => {
  it('counts the cycles that the core slept through', () => {
    for (const reference of [false, true]) {
      const chip = chipWith(LOOP, { handlers: { [16 + IRQ]: 0x2201 }, reference });
      chip.memory.load({ address: 0x2200, bytes: halfwords(0x4770) });
      chip.writeUint32(ISER, 1 << IRQ);
      for (let i = 1; i <= 10; i++) chip.interruptAt(1000 * i, IRQ);
      chip.run(10_500);
      // Awake: 10 times entry 15, bx lr 2, return 8, adds 1, b 2, wfi 2; and the first wfi.
      expect(chip.cycles - chip.sleepCycles).toBe(10 * (15 + 2 + 8 + 1 + 2 + 2) + 2);
      expect(chip.core.registers[0]).toBe(10);
    }
  });

  it('WFI does not end with the event that an exception leaves behind; WFE does', () => {
    for (const [opcode, rounds] of [
      [WFI, 1],
      [WFE, 2],
    ] as const) {
      const chip = chipWith([opcode, 0x3001, 0xe7fc], { handlers: { [16 + IRQ]: 0x2201 } });
      chip.memory.load({ address: 0x2200, bytes: halfwords(0x4770) });
      chip.writeUint32(ISER, 1 << IRQ);
      chip.interruptAt(500, IRQ);
      chip.run(5000);
      expect(chip.core.registers[0]).toBe(rounds);
    }
  });

  it('time passes, and a run that ends asleep goes on asleep', () => {
    const chip = chipWith(LOOP);
    chip.run(1000);
    const asleep = chip.sleepCycles;
    expect(asleep).toBeGreaterThan(990);
    chip.run(500);
    expect(chip.sleepCycles).toBe(asleep + 500);
    chip.writeUint32(0xe000ed0c, 0x05fa0004); // a reset of the system does not turn time back
    expect(chip.sleepCycles).toBe(asleep + 500);
  });

  it('modes that stop what the model keeps running are faults', () => {
    const standby = chipWith(LOOP);
    standby.writeUint32(SCR, 4);
    expect(() => standby.run(100)).toThrow(/STANDBY/);
    const idle2 = chipWith(LOOP);
    idle2.writeUint8(PM_SLEEP, 2);
    expect(() => idle2.run(100)).toThrow(/IDLE 2 is not modelled/);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { cycleAt, HANDLER, IRQ, ISER, LOOP, withHandler } from '../handlers.ts';
import { chipWith, DATA, halfwords, START } from '../program.ts';

describe('interrupts', () => {
  it('entry takes 15 cycles (TRM 3.6.1), return 8 beside its instruction, and everything comes back', () => {
    const chip = withHandler([0x4770]); // bx lr
    chip.writeUint32(ISER, 1 << IRQ);
    chip.core.registers.set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    chip.core.APSR = 0xb0000000;
    chip.interruptAt(1, IRQ); // after the first adds
    const entered = cycleAt(chip, HANDLER);
    expect(entered).toBe(1 + 15);
    expect(chip.core.IPSR).toBe(16 + IRQ);
    expect(chip.core.registers[14]).toBe(0xfffffff9);
    expect(chip.lowestStack).toBe(0x20004000 - 32);
    const back = cycleAt(chip, START + 2);
    expect(back - entered).toBe(2 + 8);
    expect(Array.from(chip.core.registers.slice(0, 13))).toEqual([2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(chip.core.registers[13]).toBe(0x20004000);
    expect(chip.core.IPSR).toBe(0);
  });

  it('both decoders count the same cycles and flash lines with interrupts', () => {
    const run = (reference: boolean): number[] => {
      const chip = withHandler([0x4770]);
      chip.core.reference = reference;
      chip.writeUint32(ISER, 1 << IRQ);
      for (let i = 0; i < 20; i++) chip.interruptAt(37 * i, IRQ);
      chip.run(2000);
      return [chip.cycles, chip.flashLines, chip.core.registers[0] ?? -1];
    };
    const fast = run(false);
    expect(fast).toEqual(run(true));
    expect(fast[1]).toBe(20 * 3); // vector, handler and loop, each in a line of its own
  });

  it('change nothing but time, wherever they fall', () => {
    // muls chain with flags: r0 += r0 * r1; adcs; a store and a load
    const code = [0x4348, 0x4140, 0x3901, 0x9000, 0x9a00, 0xd1f9, 0xe7fe];
    const handler = [0x2000, 0x43c0, 0x2100, 0x0852, 0x4770]; // spoils r0, r1, r2 and the flags
    const run = (at: number[]): string => {
      const chip = chipWith(code, { handlers: { [16 + IRQ]: HANDLER | 1 } });
      chip.memory.load({ address: HANDLER, bytes: halfwords(...handler) });
      chip.core.registers.set([12345, 40]);
      chip.core.registers[13] = DATA + 0x100;
      chip.writeUint32(ISER, 1 << IRQ);
      for (const cycle of at) chip.interruptAt(cycle, IRQ);
      chip.run(5000);
      expect(chip.core.registers[15]).toBe(START + 12);
      return `${Array.from(chip.core.registers.slice(0, 15))} ${chip.core.APSR} ${chip.peek32(DATA + 0x100)}`;
    };
    const undisturbed = run([]);
    for (let cycle = 0; cycle < 120; cycle++) expect(run([cycle, 2 * cycle + 50])).toBe(undisturbed);
  });

  it('PRIMASK holds them back, WFI wakes all the same', () => {
    const chip = chipWith([0xb672, 0xbf30, 0x2001, 0xb662, 0xe7fe], {
      handlers: { [16 + IRQ]: HANDLER | 1 },
    });
    chip.memory.load({ address: HANDLER, bytes: halfwords(0x2107, 0x4770) });
    chip.writeUint32(ISER, 1 << IRQ);
    chip.interruptAt(500, IRQ);
    const woken = cycleAt(chip, START + 4);
    expect(woken).toBe(500);
    expect(cycleAt(chip, HANDLER)).toBe(500 + 1 + 1 + 15);
    expect(chip.core.registers[0]).toBe(1); // the instruction behind WFI came first
  });

  it('a disabled interrupt does not run and does not wake', () => {
    const chip = chipWith([0xbf30, 0x2001, 0xe7fe]);
    chip.interruptAt(500, IRQ);
    expect(chip.run(2000)).toBe('limit');
    expect(chip.core.registers[15]).toBe(START + 2);
    expect(chip.cycles).toBeGreaterThanOrEqual(2000);
  });

  it('a hook may stand in for a handler', () => {
    const chip = withHandler([0xe7fe]); // never returns by itself
    let calls = 0;
    chip.hook(HANDLER, () => {
      calls++;
      chip.core.registers[0] = 77;
      chip.core.BXWritePC(chip.core.LR);
    });
    chip.writeUint32(ISER, 1 << IRQ);
    for (let i = 1; i <= 5; i++) chip.interruptAt(100 * i, IRQ);
    chip.run(1000);
    expect(calls).toBe(5);
    expect(chip.core.IPSR).toBe(0);
    expect(chip.core.registers[0]).toBeGreaterThan(200);
  });
});

describe('hooks and run', () => {
  it('a hook sees the state before the instruction, once, also across a stop', () => {
    for (const reference of [false, true]) {
      const chip = chipWith(LOOP, { reference });
      const seen: number[] = [];
      chip.hook(START, () => {
        seen.push(chip.core.registers[0] ?? -1);
        if (seen.length === 3) chip.stop();
      });
      expect(chip.run(1000)).toBe('stopped');
      expect(seen).toEqual([0, 1, 2]);
      expect(chip.cycles).toBe(6);
      expect(chip.core.registers[15]).toBe(START);
      expect(chip.run(1)).toBe('limit'); // executes the instruction without calling the hook again
      expect(seen).toHaveLength(3);
      chip.run(3);
      expect(seen).toEqual([0, 1, 2, 3]);
      chip.hook(START, null);
      chip.run(100);
      expect(seen).toHaveLength(4);
    }
  });

  it('a hook may move the program counter', () => {
    const chip = chipWith([0x2001, 0x2002, 0xe7fe]);
    chip.hook(START + 2, () => {
      chip.core.registers[15] = START + 4;
    });
    chip.run(10);
    expect(chip.core.registers[0]).toBe(1);
  });

  it('hooks work in RAM, and code there may change itself', () => {
    const chip = chipWith([0x4780]);
    chip.memory.load({ address: DATA, bytes: halfwords(0x2005, 0x8011, 0x2006, 0xe7fe) }); // the strh overwrites the next movs
    chip.core.registers.set([DATA | 1, 0x2042, DATA + 4]);
    let hooked = 0;
    chip.hook(DATA, () => hooked++);
    chip.run(20);
    expect(hooked).toBe(1);
    expect(chip.core.registers[0]).toBe(0x42);
  });

  it('two runs give the same cycles however they are cut', () => {
    const cut = chipWith(LOOP);
    while (cut.cycles < 3001) cut.run(7);
    const whole = chipWith(LOOP);
    whole.run(cut.cycles);
    expect(whole.cycles).toBe(cut.cycles);
    expect(Array.from(whole.core.registers)).toEqual(Array.from(cut.core.registers));
  });
});

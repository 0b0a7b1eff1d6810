// SPDX-License-Identifier: Apache-2.0
/** What the firmware does wrong as its HardFault handler sees it (Armv6-M ARM, B1.5.6 and B1.5.12). */
import { describe, expect, it } from 'vitest';
import { chipWith, DATA, halfwords, STACK, START, words } from '../program.ts';

const HANDLER = 0x2200;
const LDR = 0x6801; // ldr r1, [r0]
const NOP = 0xbf00;
const LOOP = 0xe7fe;

/** A nop, then what faults, then a loop. */
function chip(opcode: number, handler: readonly number[] = [LOOP], options = {}) {
  const result = chipWith([NOP, opcode, LOOP], {
    handlers: { 3: HANDLER | 1, [16 + 9]: 0x2301, 15: 0x2301 },
    hardFaults: true,
    ...options,
  });
  result.memory.load({ address: HANDLER, bytes: halfwords(...handler) });
  return result;
}

describe('a hard fault', () => {
  it.each([
    ['a read where nothing is', LDR, 0x30000000],
    ['an unaligned read', LDR, DATA + 2],
    ['a store to flash', 0x6001, 0x3000],
    ['an undefined instruction', 0xde00, 0],
    ['a breakpoint without a debugger', 0xbe00, 0],
  ])('%s enters the handler with the frame that the manual gives', (_, opcode, address) => {
    const victim = chip(opcode);
    const { core } = victim;
    core.registers.set([address, 11, 12, 13]);
    core.registers[12] = 112;
    core.registers[14] = 0x2001;
    victim.run(100);
    const sp = core.registers[13] ?? 0;
    expect([core.IPSR, core.registers[15], (core.registers[14] ?? 0) >>> 0]).toEqual([
      3,
      HANDLER,
      0xfffffff9,
    ]);
    expect(sp).toBe(STACK - 32);
    const frame = Array.from({ length: 8 }, (_, i) => victim.peek32(sp + 4 * i));
    expect(frame.slice(0, 7)).toEqual([address, 11, 12, 13, 112, 0x2001, START + 2]); // PC: what faulted
    expect((frame[7] ?? 0) & 0x01000000).toBe(0x01000000); // Thumb
  });

  it('takes the 15 cycles of an exception', () => {
    const victim = chip(LDR);
    victim.core.registers[0] = 0x30000000;
    victim.hook(HANDLER, () => victim.stop());
    victim.run(100);
    // Behind the nop; what silicon spends on the access itself is not modelled.
    expect(victim.cycles).toBe(1 + 15);
  });

  it('returns to the instruction that faulted, which may work by then', () => {
    // The handler replaces the stacked r0: str r4, [sp]; bx lr
    const victim = chip(LDR, [0x9400, 0x4770]);
    victim.memory.load({ address: DATA, bytes: words(0x1234) });
    victim.core.registers[0] = 0x30000000;
    victim.core.registers[4] = DATA;
    victim.run(200);
    expect([victim.core.registers[1], victim.core.IPSR, victim.core.registers[15]]).toEqual([
      0x1234,
      0,
      START + 4,
    ]);
  });

  it('comes through PRIMASK, and above any interrupt', () => {
    const victim = chip(LDR);
    victim.core.registers[0] = 0x30000000;
    victim.core.PM = true;
    victim.writeUint32(0xe000e100, 1 << 9);
    victim.interruptAt(1, 9);
    victim.run(200);
    expect(victim.core.IPSR).toBe(3);
    expect(victim.core.pendingInterrupts).toBe(1 << 9);
  });

  it('inside its handler is a lockup, and so is a stack that overflows: the run ends', () => {
    const twice = chip(LDR, [LDR]);
    twice.core.registers[0] = 0x30000000;
    expect(() => twice.run(200)).toThrow(/nothing is modelled/);
    const deep = chip(0xb082, [LOOP], { stackLimit: STACK - 4 }); // sub sp, #8
    expect(() => deep.run(200)).toThrow(/stack overflow/);
  });

  it('ends the run where the firmware has not declared that it handles it', () => {
    const victim = chip(LDR, [LOOP], { hardFaults: false });
    victim.core.registers[0] = 0x30000000;
    expect(() => victim.run(100)).toThrow(/nothing is modelled/);
  });

  it('is the same with the reference decoder', () => {
    const seen = [false, true].map((reference) => {
      const victim = chip(LDR, [LOOP], { reference });
      victim.core.registers[0] = 0x30000000;
      victim.run(100);
      return [...victim.core.registers, victim.cycles, victim.core.IPSR];
    });
    expect(seen[1]).toEqual(seen[0]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { chipWith, DATA, halfwords, START } from '../program.ts';

// Cortex-M0+ TRM (ARM DDI 0484C), table 3-1, zero wait states, fast multiplier. r0 points to RAM, r1 to flash, r2 is 4,
// r3 the (Thumb) address of the instruction's successor; flags are clear except where noted.
const TABLE: readonly (readonly [name: string, cycles: number, ...opcodes: number[]])[] = [
  ['movs r4, #1', 1, 0x2401],
  ['movs r4, r2', 1, 0x0014],
  ['mov r4, r8', 1, 0x4644],
  ['mov pc, r3', 2, 0x469f],
  ['adds r4, r2, #1', 1, 0x1c54],
  ['adds r4, r2, r2', 1, 0x1894],
  ['add r8, r2', 1, 0x4490],
  ['add pc, r2', 2, 0x4497],
  ['adds r4, #255', 1, 0x34ff],
  ['adcs r4, r2', 1, 0x4154],
  ['add sp, #8', 1, 0xb002],
  ['add r4, sp, #8', 1, 0xac02],
  ['adr r4, #8', 1, 0xa402],
  ['subs r4, r2, r2', 1, 0x1a94],
  ['subs r4, r2, #1', 1, 0x1e54],
  ['subs r4, #255', 1, 0x3cff],
  ['sbcs r4, r2', 1, 0x4194],
  ['sub sp, #8', 1, 0xb082],
  ['rsbs r4, r2, #0', 1, 0x4254],
  ['muls r4, r2, r4', 1, 0x4354],
  ['cmp r4, r2', 1, 0x4294],
  ['cmn r4, r2', 1, 0x42d4],
  ['cmp r4, #1', 1, 0x2c01],
  ['ands r4, r2', 1, 0x4014],
  ['eors r4, r2', 1, 0x4054],
  ['orrs r4, r2', 1, 0x4314],
  ['bics r4, r2', 1, 0x4394],
  ['mvns r4, r2', 1, 0x43d4],
  ['tst r4, r2', 1, 0x4214],
  ['lsls r4, r2, #3', 1, 0x00d4],
  ['lsls r4, r2', 1, 0x4094],
  ['lsrs r4, r2, #3', 1, 0x08d4],
  ['lsrs r4, r2', 1, 0x40d4],
  ['asrs r4, r2, #3', 1, 0x10d4],
  ['asrs r4, r2', 1, 0x4114],
  ['rors r4, r2', 1, 0x41d4],
  ['ldr r4, [r0, #4]', 2, 0x6844],
  ['ldrh r4, [r0, #4]', 2, 0x8884],
  ['ldrb r4, [r0, #4]', 2, 0x7904],
  ['ldr r4, [r0, r2]', 2, 0x5884],
  ['ldrh r4, [r0, r2]', 2, 0x5a84],
  ['ldrsh r4, [r0, r2]', 2, 0x5e84],
  ['ldrb r4, [r0, r2]', 2, 0x5c84],
  ['ldrsb r4, [r0, r2]', 2, 0x5684],
  ['ldr r4, [pc, #0]', 2, 0x4c00],
  ['ldr r4, [sp, #0]', 2, 0x9c00],
  ['ldr r4, [r1, #0] from flash', 2, 0x680c],
  ['ldmia r0!, {r4}', 2, 0xc810],
  ['ldmia r0!, {r2, r4-r7}', 6, 0xc8f4],
  ['ldmia r1!, {r4-r7} from flash', 5, 0xc9f0],
  ['str r4, [r0, #4]', 2, 0x6044],
  ['strh r4, [r0, #4]', 2, 0x8084],
  ['strb r4, [r0, #4]', 2, 0x7104],
  ['str r4, [r0, r2]', 2, 0x5084],
  ['strh r4, [r0, r2]', 2, 0x5284],
  ['strb r4, [r0, r2]', 2, 0x5484],
  ['str r4, [sp, #0]', 2, 0x9400],
  ['stmia r0!, {r4}', 2, 0xc010],
  ['stmia r0!, {r2-r7}', 7, 0xc0fc],
  ['push {r4}', 2, 0xb410],
  ['push {r0-r7}', 9, 0xb4ff],
  ['push {lr}', 2, 0xb500],
  ['push {r4-r7, lr}', 6, 0xb5f0],
  ['pop {r4}', 2, 0xbc10],
  ['pop {r4-r7}', 5, 0xbcf0],
  ['pop {pc}', 4, 0xbd00], // 3 + N
  ['pop {r4-r7, pc}', 8, 0xbdf0],
  ['beq not taken', 1, 0xd000],
  ['bne taken', 2, 0xd100],
  ['b', 2, 0xe000],
  ['bl', 3, 0xf000, 0xf800],
  ['bx r3', 2, 0x4718],
  ['blx r3', 2, 0x4798],
  ['sxth r4, r2', 1, 0xb214],
  ['sxtb r4, r2', 1, 0xb254],
  ['uxth r4, r2', 1, 0xb294],
  ['uxtb r4, r2', 1, 0xb2d4],
  ['rev r4, r2', 1, 0xba14],
  ['rev16 r4, r2', 1, 0xba54],
  ['revsh r4, r2', 1, 0xbad4],
  ['cpsid i', 1, 0xb672],
  ['cpsie i', 1, 0xb662],
  ['mrs r4, apsr', 3, 0xf3ef, 0x8400],
  ['msr apsr, r2', 3, 0xf382, 0x8800],
  ['sev', 1, 0xbf40],
  ['nop', 1, 0xbf00],
  ['yield', 1, 0xbf10],
  ['isb', 3, 0xf3bf, 0x8f6f],
  ['dmb', 3, 0xf3bf, 0x8f5f],
  ['dsb', 3, 0xf3bf, 0x8f4f],
];

function cyclesOf(opcodes: readonly number[], reference: boolean, at = START): number {
  const chip = chipWith([...opcodes, ...Array(8).fill(0xbf00)], { reference, at });
  const { core } = chip;
  core.registers.set([DATA, 0x2000, 4, (at + 2 * opcodes.length) | 1]);
  chip.core.registers[13] = DATA + 0x100;
  // Whatever a POP takes is an address to go to.
  for (let i = 0; i < 8; i++)
    chip.memory.load({ address: DATA + 0x100 + 4 * i, bytes: Uint8Array.of(1, 0x21, 0, 0) });
  chip.run(1);
  return chip.cycles;
}

describe('cycles of one instruction (Cortex-M0+ TRM, table 3-1)', () => {
  for (const [name, cycles, ...opcodes] of TABLE) {
    it(name, () => {
      expect(cyclesOf(opcodes, false)).toBe(cycles);
      expect(cyclesOf(opcodes, true)).toBe(cycles);
    });
  }

  it('the single-cycle IO port takes one cycle', () => {
    const chip = chipWith([0x6804, 0x6004]); // ldr r4, [r0]; str r4, [r0]
    chip.core.registers[0] = 0x60000010;
    chip.run(1);
    expect(chip.cycles).toBe(1);
    chip.run(1);
    expect(chip.cycles).toBe(2);
  });

  it('WFE with the event register set takes two', () => {
    const chip = chipWith([0xbf40, 0xbf20, 0xbf00]); // sev; wfe; nop
    chip.run(3);
    expect(chip.cycles).toBe(3);
    chip.run(1);
    expect(chip.cycles).toBe(4);
  });
});

describe('lines of flash', () => {
  it('counts fetches and data reads that change the 8-byte line', () => {
    for (const reference of [false, true]) {
      // START is a multiple of 8: four halfwords a line.
      const chip = chipWith([0xbf00, 0xbf00, 0xbf00, 0xbf00, 0xbf00, 0x680c, 0xbf00, 0xe7fe], { reference });
      chip.core.registers[1] = 0x2000;
      chip.run(4);
      expect(chip.flashLines).toBe(1);
      chip.run(1); // second line
      expect(chip.flashLines).toBe(2);
      chip.run(2); // ldr r4, [r1]: another line
      expect(chip.flashLines).toBe(3);
      chip.run(1); // and back
      expect(chip.flashLines).toBe(4);
      chip.run(100); // b . stays in its line
      expect(chip.flashLines).toBe(4);
    }
  });

  it('counts the second half of a 32-bit instruction and nothing in RAM', () => {
    const chip = chipWith([0xbf00, 0xbf00, 0xbf00, 0xf000, 0xf800]); // bl across two lines
    chip.run(3);
    chip.run(1);
    expect(chip.flashLines).toBe(2);
    const inRam = chipWith([0x2101]);
    inRam.memory.load({ address: DATA, bytes: halfwords(0xbf00, 0xbf00, 0xe7fc) });
    inRam.core.registers[15] = DATA;
    inRam.run(400);
    expect(inRam.cycles).toBeGreaterThanOrEqual(400);
    expect(inRam.flashLines).toBe(0);
  });
});

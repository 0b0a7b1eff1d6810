// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ChipFault, type Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { chipWith, DATA, START, words } from '../program.ts';

function faultOf(chip: Samd21, cycles = 100): ChipFault {
  try {
    chip.run(cycles);
  } catch (error) {
    if (error instanceof ChipFault) return error;
    throw error;
  }
  throw new Error('ran without a fault');
}

const LDR = 0x6801; // ldr r1, [r0]
const STR = 0x6001;
const LDRH = 0x8801;
const STRH = 0x8001;
const NOP = 0xbf00;

/** Runs a nop and the opcode with r0 given. */
function access(opcode: number, address: number): ChipFault {
  const chip = chipWith([NOP, opcode]);
  chip.core.registers[0] = address;
  return faultOf(chip);
}

describe('faults name what, address and pc', () => {
  const cases: readonly (readonly [string, number, number, RegExp])[] = [
    ['read where nothing is', LDR, 0x30000000, /bus fault: read where nothing is modelled/],
    ['read behind RAM', LDR, 0x20008000, /nothing is modelled/],
    ['read behind flash', LDR, 0x00040000, /nothing is modelled/],
    ['write where nothing is', STR, 0x10000000, /bus fault: write where nothing is modelled/],
    ['peripheral that is not modelled', LDR, 0x42004400, /nothing is modelled/],
    ['register that does not exist', LDR, 0x40000440, /PM has no register at offset 0x40/],
    ['unaligned word read', LDR, DATA + 2, /unaligned 4-byte read/],
    ['unaligned word write', STR, DATA + 1, /unaligned 4-byte write/],
    ['unaligned halfword read', LDRH, DATA + 1, /unaligned 2-byte read/],
    ['unaligned halfword write', STRH, DATA + 3, /unaligned 2-byte write/],
    ['write to flash', STR, 0x3000, /store to flash/],
    ['SERCOM without bus clock', LDR, 0x42000800, /SERCOM0 used while PM.APBCMASK stops its bus clock/],
  ];
  for (const [name, opcode, address, message] of cases) {
    it(name, () => {
      const fault = access(opcode, address);
      expect(fault.message).toMatch(message);
      expect(fault.pc).toBe(START + 2);
      expect(fault.cycles).toBe(1);
      expect(fault.message).toContain('pc 0x00002102');
      expect(fault.message).toContain(`0x${fault.address.toString(16).padStart(8, '0')}`);
      if (!name.startsWith('SERCOM')) expect(fault.address).toBe(address);
    });
  }

  it('execution outside flash and RAM', () => {
    const chip = chipWith([0x4700]); // bx r0
    chip.core.registers[0] = 0x00800001;
    const fault = faultOf(chip);
    expect(fault.message).toMatch(/execution outside flash and RAM/);
    expect(fault.pc).toBe(0x00800000);
  });

  it('a branch to Arm state', () => {
    for (const opcode of [0x4700, 0x4780, 0xbd00]) {
      const chip = chipWith([opcode]); // bx r0, blx r0, pop {pc}
      chip.core.registers[0] = START;
      chip.core.registers[13] = DATA;
      chip.memory.load({ address: DATA, bytes: words(START) });
      const fault = faultOf(chip);
      expect(fault.message).toMatch(/bit 0 clear/);
      expect(fault.pc).toBe(START);
    }
  });

  it('undefined and unpredictable instructions', () => {
    const opcodes = [0xde00, 0xb100, 0xe800, 0xbc00, 0xb400, 0xc800, 0xc003 | 0x100, 0x4701, 0x4578, 0xbf50];
    for (const opcode of opcodes) expect(faultOf(chipWith([opcode, 0])).message).toMatch(/undefined/);
    expect(faultOf(chipWith([0xf7f0, 0xa000])).message).toMatch(/undefined instruction 0xf7f0 0xa000/); // UDF.W
  });

  it('a breakpoint without semihosting, SVC under PRIMASK', () => {
    expect(faultOf(chipWith([0xbeab])).message).toMatch(/breakpoint 0xab/);
    expect(faultOf(chipWith([0xb672, 0xdf00, NOP])).message).toMatch(/SVC while masked/);
  });

  it('a stack that reaches .bss, whichever way', () => {
    const limit = DATA;
    const ways: readonly (readonly number[])[] = [
      [0xb082], // sub sp, #8
      [0xb403], // push {r0, r1}
      [0x4485], // add sp, r0
      [0x468d], // mov sp, r1
      [0xf381, 0x8808], // msr msp, r1
    ];
    for (const opcodes of ways) {
      for (const reference of [false, true]) {
        const chip = chipWith(opcodes, { stackLimit: limit, reference });
        chip.core.registers.set([-8 >>> 0, limit - 4]);
        chip.core.registers[13] = limit + 4;
        chip.resetStackMark();
        expect(faultOf(chip).message, `${opcodes}`).toMatch(/stack overflow/);
        const room = chipWith([...opcodes, 0xe7fe], { stackLimit: limit, reference });
        room.core.registers.set([-8 >>> 0, limit]);
        room.core.registers[13] = limit + 8;
        room.resetStackMark();
        expect(room.run(100)).toBe('limit');
        expect(room.lowestStack).toBe(limit);
      }
    }
  });

  it('an exception frame that reaches .bss', () => {
    const chip = chipWith([0xe7fe], { stackLimit: DATA, handlers: { 25: 0x2201 } });
    chip.core.registers[13] = DATA + 16;
    chip.resetStackMark();
    chip.writeUint32(0xe000e100, 1 << 9);
    chip.interruptAt(10, 9);
    expect(faultOf(chip).message).toMatch(/stack overflow/);
  });

  it('segments outside flash and RAM are refused', () => {
    const bytes = new Uint8Array(8);
    expect(() => chipWith([NOP]).memory.load({ address: 0x3fffc, bytes })).toThrow(/outside the 256 KB/);
    expect(() => chipWith([NOP]).memory.load({ address: 0x1fffffff, bytes })).toThrow(/outside the 256 KB/);
  });
});

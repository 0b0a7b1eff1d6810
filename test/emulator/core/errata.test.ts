// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { BaseCore } from '../../../compiler/emulator/core/base-core.ts';
import { chipWith, DATA, halfwords, START } from '../program.ts';

// Each correction of compiler/emulator/core/errata.ts beside what rp2040js itself does, so that an entry whose reason is
// gone after an update of rp2040js is noticed and removed.

interface State {
  readonly registers?: readonly number[];
  readonly flags?: number;
}

interface Result {
  readonly registers: readonly number[];
  /** N Z C V */
  readonly flags: string;
  readonly cycles: number;
}

/** One instruction, by rp2040js alone (raw) or corrected. */
function execute(opcodes: readonly number[], state: State, raw: boolean): Result {
  const chip = chipWith([...opcodes, 0xe7fe], { reference: true });
  const core = raw ? new BaseCore(chip) : chip.core;
  core.registers.set(state.registers ?? []);
  core.registers[13] = DATA + 0x80;
  core.registers[15] = START;
  core.APSR = (state.flags ?? 0) << 28;
  core.cycles = 0;
  chip.memory.load({ address: DATA + 0x80, bytes: halfwords(START | 1, 0) });
  core.executeInstruction();
  const bits = (core.APSR >>> 28).toString(2).padStart(4, '0');
  return { registers: Array.from(core.registers.slice(0, 16)), flags: bits, cycles: core.cycles };
}

const CASES: readonly (readonly [
  name: string,
  opcodes: number[],
  state: State,
  pick: (r: Result) => unknown,
  right: unknown,
])[] = [
  ['E1 lsrs by 0 keeps C', [0x40c8], { registers: [0x80000000, 0] }, (r) => r.flags, '1000'],
  ['E1 asrs by 0 keeps C', [0x4108], { registers: [0x80000000, 0] }, (r) => r.flags, '1000'],
  ['E1 rors by 0 keeps C', [0x41c8], { registers: [0x80000000, 0] }, (r) => r.flags, '1000'],
  ['E1 lsls by 33 clears C', [0x4088], { registers: [0x80000000, 33], flags: 2 }, (r) => r.flags, '0100'],
  [
    'E2 adcs 0x7fffffff + 0 + 1 sets V',
    [0x4148],
    { registers: [0x7fffffff, 0], flags: 2 },
    (r) => r.flags,
    '1001',
  ],
  [
    'E2 sbcs 0 - 0x7fffffff - 1 leaves V clear',
    [0x4188],
    { registers: [0, 0x7fffffff] },
    (r) => r.flags,
    '1000',
  ],
  ['E3 push {r0, lr}', [0xb501], {}, (r) => r.cycles, 3],
  ['E3 pop {pc}', [0xbd00], {}, (r) => r.cycles, 4],
  [
    'E4 blx lr',
    [0x47f0],
    { registers: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3001] },
    (r) => r.registers[15],
    0x3000,
  ],
  ['E5 stmia r0!, {r0}', [0xc001], { registers: [DATA] }, (r) => r.registers[0], DATA + 4],
  ['E8 mrs r1, iapsr', [0xf3ef, 0x8101], { flags: 9 }, (r) => r.registers[1], 0x90000000],
];

describe('corrections of rp2040js', () => {
  for (const [name, opcodes, state, pick, right] of CASES) {
    it(name, () => {
      expect(pick(execute(opcodes, state, false))).toEqual(right);
      expect(pick(execute(opcodes, state, true)), 'rp2040js now does it right').not.toEqual(right);
    });
  }

  it('E8 the banked stack pointer loses bits 1:0, nPRIV does not exist', () => {
    const chip = chipWith([0xe7fe]);
    chip.core.writeSpecialRegister(9, DATA + 3);
    expect(chip.core.readSpecialRegister(9)).toBe(DATA);
    chip.core.writeSpecialRegister(20, 1);
    expect(chip.core.readSpecialRegister(20)).toBe(0);
    chip.core.writeSpecialRegister(5, 11);
    expect(chip.core.IPSR).toBe(0);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { chipWith, DATA } from './program.ts';

// Twelve instructions of a kernel's kind: loads, shifts, adds, a multiplication, a store, a branch.
const LOOP = [0x6804, 0x1064, 0x1c6d, 0x192d, 0x4365, 0x1b6d, 0x6845, 0x43ed, 0x3601, 0x6046, 0x2eff, 0xe7f3];
const PER_LOOP = { instructions: 12, cycles: 16 };

/** Millions of instructions per second. */
function speed(reference: boolean, cycles: number): number {
  const chip = chipWith(LOOP, { reference });
  chip.core.registers[0] = DATA;
  chip.run(cycles / 10);
  const before = chip.cycles;
  const start = performance.now();
  chip.run(cycles);
  const instructions = ((chip.cycles - before) * PER_LOOP.instructions) / PER_LOOP.cycles;
  return instructions / (performance.now() - start) / 1e3;
}

describe('speed', () => {
  it('the fast loop is at least twice as fast as the reference decoder', () => {
    const chip = chipWith(LOOP);
    chip.core.registers[0] = DATA;
    chip.run(160);
    expect(chip.cycles).toBe(160);
    expect(chip.core.registers[6]).toBe(10);
    // Whatever else the machine does: the better of three.
    const fast = Math.max(...[1, 2, 3].map(() => speed(false, 1e7)));
    const reference = Math.max(...[1, 2, 3].map(() => speed(true, 1e6)));
    console.log(`fast loop ${fast.toFixed(0)} M instructions/s, reference ${reference.toFixed(0)} M`);
    expect(fast).toBeGreaterThan(2 * reference);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { decodeTable, Op } from '../../../compiler/emulator/core/decode.ts';
import { ChipFault, Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';

// The fast loop against the reference (rp2040js's decoder, corrected): one random instruction at a time from a random
// state, everything compared. What faults must fault alike.

const CODE = 0x4000;
const RAM = 0x20000000;

/** xorshift32: the same stream on every run. */
function randomSource(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

const EDGES = [
  0, 1, 2, 31, 32, 33, 255, 256, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

function machine(reference: boolean): Samd21 {
  const flash = new Uint8Array(0x8000);
  const random = randomSource(99);
  for (let i = 0; i < flash.length; i++) flash[i] = random();
  flash.set([0, 0x40, 0, 0x20, 1, 0x40, 0, 0]); // stack 0x20004000, start 0x4000
  return new Samd21({
    segments: [{ address: 0, bytes: flash }],
    vectorTable: 0,
    reference,
    stackLimit: 0x20000100,
  });
}

interface Outcome {
  readonly fault: string | null;
  readonly state: string;
}

function step(chip: Samd21): Outcome {
  let fault: string | null = null;
  try {
    chip.run(1);
  } catch (error) {
    if (!(error instanceof ChipFault)) throw error;
    fault = `${error.what} ${error.address} ${error.pc}`;
  }
  const { core } = chip;
  const registers = Array.from(core.registers.slice(0, 16), (r) => r.toString(16)).join(' ');
  // After a fault the run is over: the two may have got differently far into the instruction.
  return { fault, state: fault ?? `${registers} ${core.APSR >>> 28} ${chip.cycles} ${chip.flashLines}` };
}

function sameMemory(a: Samd21, b: Samd21): boolean {
  return Buffer.compare(Buffer.from(a.memory.ram8), Buffer.from(b.memory.ram8)) === 0;
}

function prepare(
  chips: readonly Samd21[],
  random: () => number,
  opcodes: readonly number[],
  codeAt: number,
): void {
  const value = (): number => {
    switch (random() % 6) {
      case 0:
        return EDGES[random() % EDGES.length] ?? 0;
      case 1:
        return random();
      case 2:
        return (RAM + 0x200 + (random() & 0x7cff)) >>> 0; // any alignment
      case 3:
        return random() & 0x7fc;
      case 4:
        return (random() & 0x7ffe) | (random() & 1);
      default:
        return (RAM + 0x200 + (random() & 0x7cfc)) >>> 0;
    }
  };
  const registers = Array.from({ length: 15 }, value);
  registers[13] = RAM + 0x80 + (random() & 0x7ffc);
  const flags = random() & 0xf0000000;
  for (const chip of chips) {
    chip.core.resetTo(0);
    chip.core.registers.set(registers);
    chip.core.registers[15] = codeAt;
    chip.core.APSR = flags;
    opcodes.forEach((opcode, i) => {
      if (codeAt < RAM) {
        chip.memory.load({ address: codeAt + 2 * i, bytes: Uint8Array.of(opcode & 255, opcode >> 8) });
      } else {
        chip.poke8(codeAt + 2 * i, opcode & 255);
        chip.poke8(codeAt + 2 * i + 1, opcode >> 8);
      }
    });
    chip.resetStackMark();
  }
}

describe('fast loop and reference decoder', () => {
  const fast = machine(false);
  const reference = machine(true);

  function compare(
    seed: number,
    rounds: number,
    codeAt: number,
    pick: (random: () => number) => number[],
  ): Map<number, number> {
    const random = randomSource(seed);
    const executed = new Map<number, number>();
    for (let round = 0; round < rounds; round++) {
      const opcodes = pick(random);
      prepare([fast, reference], random, opcodes, codeAt);
      const a = step(fast);
      const b = step(reference);
      const context = `round ${round}, opcode ${(opcodes[0] ?? 0).toString(16)}`;
      if (a.state !== b.state) expect.fail(`${context}\nfast      ${a.state}\nreference ${b.state}`);
      if (a.fault === null) {
        if (!sameMemory(fast, reference)) expect.fail(`${context}: memory differs`);
        const op = (decodeTable[opcodes[0] ?? 0] ?? 0) & 255;
        executed.set(op, (executed.get(op) ?? 0) + 1);
      } else {
        reference.memory.ram8.set(fast.memory.ram8);
      }
    }
    return executed;
  }

  it('agree on every 16-bit opcode', () => {
    let next = 0;
    const executed = compare(1, 65536, CODE, (random) => [next++, random() & 0xffff]);
    // Every operation but UNDEFINED, HOOK and WIDE has been executed without a fault at least once.
    for (const [name, op] of Object.entries(Op)) {
      if (op === Op.UNDEFINED || op === Op.HOOK || op === Op.WIDE || op === Op.BL) continue;
      expect(executed.get(op), name).toBeGreaterThan(0);
    }
  });

  it('agree on random opcodes from flash and from RAM', () => {
    const executed = compare(2, 20_000, CODE + 6, (random) => [random() & 0xffff, random() & 0xffff]);
    expect(Array.from(executed.values()).reduce((sum, n) => sum + n)).toBeGreaterThan(10_000);
    const inRam = compare(3, 10_000, RAM + 0x140, (random) => [random() & 0xffff, random() & 0xffff]);
    expect(Array.from(inRam.values()).reduce((sum, n) => sum + n)).toBeGreaterThan(5_000);
  });

  it('agree on 32-bit instructions', () => {
    const firsts = [0xf000, 0xf7ff, 0xf400, 0xf3ef, 0xf380, 0xf381, 0xf3bf];
    const seconds = [
      0xd000, 0xf800, 0xffff, 0xd7ff, 0x8000, 0x8103, 0x8808, 0x8800, 0x8f4f, 0x8f5f, 0x8f6f, 0x8809, 0x8810,
    ];
    const executed = compare(4, 5000, CODE + 14, (random) => [
      firsts[random() % firsts.length] ?? 0,
      random() & 1 ? (seconds[random() % seconds.length] ?? 0) : random() & 0xffff,
    ]);
    expect(executed.get(Op.WIDE)).toBeGreaterThan(500);
  });
});

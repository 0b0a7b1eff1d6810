// SPDX-License-Identifier: Apache-2.0
/** runtime-c/network/egru_softsign_m0.S on the emulated chip: every input of the domain, and its cycles. About 8 s. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { SOFTSIGN_LIMIT, softsign } from '../../compiler/core/fixed/fixed.ts';
import { Samd21 } from '../../compiler/emulator/samd21/samd21.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { runtimeText } from '../../compiler/host/files/runtime.ts';
import { parseElf, symbolAddress } from '../../compiler/machines/image/elf.ts';
import { buildImage } from '../../compiler/machines/toolchain/arm.ts';

const ARRAY = 0x20000000;
/** Words of an array; the rest of RAM is stack. */
const ROOM = 7000;

let chip: Samd21;
let address: (name: string) => number;
beforeAll(async () => {
  const file = (path: string, ...from: string[]) => ({
    path,
    text: readFileSync(packagePath(...from, path), 'utf8'),
  });
  const { elf } = await buildImage({
    files: [
      file('softsign.S', 'test', 'kernel', 'target'),
      ...['egru_softsign_m0.S', 'egru_target.h'].map((path) => ({ path, text: runtimeText(path) })),
    ],
    includes: ['.'],
    linker: [file('step.ld', 'test', 'kernel', 'target')],
    optimize: '-O2',
  });
  const image = parseElf(elf, 'softsign.elf');
  address = (name) => symbolAddress(image, name);
  chip = new Samd21({ segments: image.segments, vectorTable: 0 });
  chip.hook(address('done'), () => chip.stop());
});

/** Results of accumulators, and what they took together. */
function run(accumulators: Int32Array): { results: Int32Array; cycles: number } {
  const bytes = new Uint8Array(accumulators.buffer, accumulators.byteOffset, accumulators.byteLength);
  chip.memory.ram8.set(bytes, 0);
  const { registers } = chip.core;
  registers[4] = ARRAY;
  registers[5] = ARRAY + bytes.length;
  registers[13] = chip.peek32(0);
  registers[15] = address('entry');
  const start = chip.cycles;
  if (chip.run(1_000_000_000) !== 'stopped') throw new Error('egru_i_softsign does not return');
  const results = new Int32Array(chip.memory.ram8.slice(0, bytes.length).buffer);
  return { results, cycles: chip.cycles - start };
}

/** Cycles of the loop around the call: ldr, stm, cmp, bne; the last bne is not taken. */
const LOOP = 2 + 2 + 1 + 2;

function cyclesOf(acc: number): number {
  return run(Int32Array.of(acc)).cycles - LOOP + 1;
}

describe.each([
  ['0 and above', 1],
  ['below 0', -1],
])('every accumulator, %s', (_, sign) => {
  test('equals the division', () => {
    for (let from = 0; from <= SOFTSIGN_LIMIT; from += ROOM) {
      const accs = Int32Array.from(
        { length: Math.min(ROOM, SOFTSIGN_LIMIT + 1 - from) },
        (_, i) => sign * (from + i),
      );
      const { results } = run(accs);
      const wrong = results.findIndex((y, i) => y !== softsign(accs[i] ?? 0));
      if (wrong >= 0)
        throw new Error(`softsign(${accs[wrong]}) is ${results[wrong]}, not ${softsign(accs[wrong] ?? 0)}`);
    }
  });
});

test('beyond the domain it is flat', () => {
  const { results } = run(Int32Array.of(SOFTSIGN_LIMIT + 1, -SOFTSIGN_LIMIT - 1, 0x7fffffff, -0x80000000));
  expect([...results]).toEqual([32264, -32264, 32264, -32264]);
});

test.each([
  [0, 30],
  [49151, 30],
  [-49151, 32],
  [49152, 43],
  [-524287, 45],
  [524288, 42],
  [-SOFTSIGN_LIMIT, 44],
])('%i takes %i cycles, call included', (acc, cycles) => {
  expect(cyclesOf(acc)).toBe(cycles);
});

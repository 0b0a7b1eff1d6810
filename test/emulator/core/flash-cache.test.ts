// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { type FlashTiming, flashTimings } from '../../../compiler/emulator/core/flash-cache.ts';
import { chipWith, DATA, halfwords, START } from '../program.ts';

const NOP = 0x46c0;
const back = (halfwords: number) => 0xe000 | (-(halfwords + 2) & 0x7ff);

/** Runs a program for so many instructions; [cycles, new lines, cycles that the wait state adds]. */
function counted(code: readonly number[], instructions: number, flash?: FlashTiming) {
  const chip = chipWith(code, flash === undefined ? {} : { flash });
  chip.core.registers[0] = START + 0x40; // 64 bytes on: a line with the place of START's
  chip.core.registers[1] = DATA;
  for (let i = 0; i < instructions; i++) chip.run(1);
  return [chip.cycles, chip.flashLines, chip.flashWaits];
}

test('without, with each new line, with what the cache lacks: the same cycles and lines', () => {
  const twoLines = [...Array.from({ length: 7 }, () => NOP), back(7)];
  // 16 rounds of eight instructions over two lines, the branch takes 2 cycles.
  const [none, bound, cache] = flashTimings.map((flash) => counted(twoLines, 128, flash));
  expect(none).toEqual([144, 32, 0]);
  expect(bound).toEqual([144, 32, 32]);
  expect(cache).toEqual([144, 32, 2]);
  expect(counted(twoLines, 128)).toEqual(bound);
});

test('lines 64 bytes apart drive each other out, others do not', () => {
  const reading = (offset: number) => [0x6802 | ((offset / 4) << 6), back(1)]; // ldr r2, [r0, #offset]; b
  const rounds = 10;
  const lines = 1 + 2 * rounds; // code, then data and code in every round
  expect(counted(reading(0), 2 * rounds, 'cache')).toEqual([4 * rounds, lines, lines]);
  expect(counted(reading(8), 2 * rounds, 'cache')).toEqual([4 * rounds, lines, 2]);
});

test('nine lines in turn miss at one place; code in RAM touches nothing', () => {
  const nineLines = [...Array.from({ length: 35 }, () => NOP), back(35)];
  // The ninth line has the first one's place.
  expect(counted(nineLines, 36 * 3, 'cache')[2]).toBe(9 + 2 * 2);
  const chip = chipWith([], { at: DATA, flash: 'cache' });
  chip.memory.load({ address: DATA, bytes: halfwords(NOP, back(1)) });
  chip.run(100);
  expect(chip.flashWaits).toBe(0);
});

test('INVALL and commands that change flash empty it', () => {
  const NVMCTRL = 0x41004000;
  const chip = chipWith([NOP, NOP, NOP, NOP, back(4)], { flash: 'cache' });
  const misses = () => {
    chip.run(20);
    return chip.flashWaits;
  };
  expect([misses(), misses()]).toEqual([2, 2]);
  const command = (value: number) => chip.writeUint16(NVMCTRL, 0xa500 | value);
  command(0x46);
  expect(misses()).toBe(4);
  chip.writeUint32(NVMCTRL + 0x1c, 0x8000 / 2);
  command(0x02);
  expect(misses()).toBe(6);
});

// SPDX-License-Identifier: Apache-2.0
/**
 * The decimators on the emulated Cortex-M0+: portable C and assembly give the samples of the TypeScript twins, with
 * interrupts at any point too, and within their budgets. About 15 s.
 */
import { describe, expect, test } from 'vitest';
import { buildMic, KINDS, type Kind, MicChip } from '../support/chips/mic-chip.ts';
import { lacking } from '../support/needs.ts';
import { lackingRecordings } from '../support/shared.ts';
import { blocks, decimator, type Input, recordedBlocks } from './cases.ts';

const VARIANTS = [
  ['assembly', []],
  ['portable C', ['EGRU_PORTABLE']],
] as const;

function compare(chip: MicChip, kind: Kind, inputs: readonly Input[]): void {
  const twin = decimator(kind);
  const pcm = new Int16Array(32);
  inputs.forEach((block, n) => {
    twin.block(block, pcm);
    expect([...chip.block(block)], `${kind}, block ${n}`).toEqual([...pcm]);
  });
}

describe.skipIf(lacking('arm'))('on the emulated Cortex-M0+ (needs gcc-arm-none-eabi)', () => {
  test.each(VARIANTS)('%s gives the samples of the TypeScript decimators', async (_, defines) => {
    const image = await buildMic(defines);
    for (const kind of KINDS) {
      for (let seed = 0; seed < 3; seed++) compare(new MicChip(image, kind), kind, blocks(kind, seed));
    }
  });

  test.skipIf(lackingRecordings())(
    'and those of a recording (needs ../shared/data/spoken-digits)',
    async () => {
      const image = await buildMic();
      for (const kind of KINDS) compare(new MicChip(image, kind), kind, recordedBlocks(kind, 100));
    },
  );

  test('an interrupt changes nothing, wherever it falls', async () => {
    const image = await buildMic();
    for (const kind of KINDS) {
      const chip = new MicChip(image, kind);
      const twin = decimator(kind);
      const pcm = new Int16Array(32);
      const inputs = blocks(kind, 7);
      for (let after = 40, n = 0; after < 3000; after += 37, n++) {
        const block = inputs[n % inputs.length] as Input;
        twin.block(block, pcm);
        expect([...chip.block(block, after)], `${kind}, after ${after}`).toEqual([...pcm]);
      }
    }
  });

  test('the code calls no helper of the compiler: no division, no 64-bit arithmetic', async () => {
    const { symbols } = await buildMic();
    expect(symbols.map(({ name }) => name).filter((name) => name.startsWith('__'))).toEqual([]);
  });

  /** Cycles of a block, samples that saturate included; 192,000 pass meanwhile at 48 MHz. */
  test.each([
    ['pdm', 18_500],
    ['i2s', 4_900],
    ['adc', 5_100],
  ] as const)('%s: a block takes at most %i cycles and lines of flash', async (kind, budget) => {
    const chip = new MicChip(await buildMic(), kind);
    for (const block of blocks(kind, 3)) {
      chip.block(block);
      expect(chip.cycles).toBeGreaterThan(1000);
      expect(chip.cycles + chip.lines).toBeLessThanOrEqual(budget);
    }
    expect(chip.stack).toBeLessThanOrEqual(256);
  });
});

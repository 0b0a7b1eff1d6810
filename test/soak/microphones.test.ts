// SPDX-License-Identifier: Apache-2.0
/** `make soak`: the microphone drivers for a minute each, every value compared. */
import { expect, it } from 'vitest';
import { CYCLES, FORMAT, MicChip } from '../support/chips/driver-chip.ts';

const SECONDS = 60;

it.each(['i2s', 'pdm', 'adc'] as const)('%s', { timeout: 3_600_000 }, async (kind) => {
  const mic = await MicChip.create(kind);
  const [, count] = FORMAT[kind];
  let drawn = 0;
  const draw = (n: number): number => {
    const bits = Math.imul(n ^ (n >>> 11), 0x9e3779b1) >>> 0;
    return kind === 'i2s' ? (bits & 0xffffff00) >>> 0 : kind === 'pdm' ? bits >>> 31 : bits >>> 20;
  };
  mic.chip.microphone = { next: () => draw(drawn++) };
  const value = (n: number): number => {
    if (kind !== 'pdm') return draw(n);
    let bits = 0;
    for (let i = 0; i < 16; i++) bits = (bits << 1) | draw(16 * n + i);
    return bits;
  };
  const blocks = Math.floor((SECONDS * 48e6) / (CYCLES[kind] * count));
  let seen = 0;
  let wrong = 0;
  while (seen < blocks * count) {
    mic.runBlocks(1);
    for (const { values } of mic.blocks.splice(0))
      for (const got of values) if (got !== value(seen++)) wrong++;
  }
  expect({ wrong, overruns: mic.overruns }).toEqual({ wrong: 0, overruns: 0 });
  expect(mic.chip.cycles / 48e6).toBeGreaterThan(SECONDS - 0.1);
});

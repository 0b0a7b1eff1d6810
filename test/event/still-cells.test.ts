// SPDX-License-Identifier: Apache-2.0
/** The cell that keeps gates and candidates, and the one that goes on from them, on the emulated chip. */
import { describe, expect, test } from 'vitest';
import { keepingCellCycles, stillCellCycles } from '../../compiler/codegen/kernels/unrolled/cell-cycles.ts';
import { blend, gate, SOFTSIGN_LIMIT, softsign } from '../../compiler/core/fixed/fixed.ts';
import { CellChip } from '../support/chips/cell-chip.ts';
import { lacking } from '../support/needs.ts';
import { Random } from '../support/random.ts';

describe.skipIf(lacking('arm'))('steps without events', () => {
  test('keep what was computed, and go on from it in cycles that no value changes', async () => {
    const keep = await CellChip.create('egru_cell_fast_m0.S', 'egru_i_cell_keep_m0');
    const still = await CellChip.create('egru_cell_fast_m0.S', 'egru_i_cell_still_m0');
    const random = new Random(14);
    const edges = [
      0,
      1,
      31,
      32,
      65535,
      65536,
      131071,
      131072,
      SOFTSIGN_LIMIT,
      SOFTSIGN_LIMIT + 1,
      0x7fffffff,
    ];
    const all = edges.flatMap((n) => [n, -n]);
    const draw = () => random.between(-1, 1) * random.between(0, 1 << random.between(4, 22));
    const pairs = [
      ...all.flatMap((z) => all.map((g) => [z, g] as const)),
      ...Array.from({ length: 1000 }, () => [draw(), draw()] as const),
    ];
    const units = pairs.length;
    const words = Int32Array.from(pairs.flat());
    const states = Int16Array.from(pairs, () => random.between(-32768, 32767));
    const expected = Int32Array.from(pairs.flatMap(([z, g]) => [gate(z), softsign(g)]));
    const next = () =>
      Int16Array.from(states, (h, i) => blend(h, expected[2 * i] ?? 0, expected[2 * i + 1] ?? 0));

    for (const [chip, cost] of [
      [keep, keepingCellCycles],
      [still, stillCellCycles],
      [still, stillCellCycles],
    ] as const) {
      const wanted = next();
      const cycles = chip.run(words, states);
      expect(cycles).toBeGreaterThanOrEqual(cost(units).min);
      expect(cycles).toBeLessThanOrEqual(cost(units).max);
      expect(states).toEqual(wanted);
      expect(words).toEqual(expected);
    }
  });

  test('the least and the most of the stated cycles are reached', async () => {
    const keep = await CellChip.create('egru_cell_fast_m0.S', 'egru_i_cell_keep_m0');
    const cost = (z: number, g: number) =>
      keep.run(
        Int32Array.from({ length: 14 }, (_, i) => (i & 1 ? g : z)),
        new Int16Array(7),
      );
    expect(cost(5, 5)).toBe(keepingCellCycles(7).min);
    const slow = [1 << 18, SOFTSIGN_LIMIT, SOFTSIGN_LIMIT + 1].flatMap((n) => [n, -n]);
    expect(Math.max(...slow.flatMap((z) => slow.map((g) => cost(z, g))))).toBe(keepingCellCycles(7).max);
  });
});

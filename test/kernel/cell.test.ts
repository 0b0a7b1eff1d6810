// SPDX-License-Identifier: Apache-2.0
/** Both cells of the unrolled kernel against egru_gate, egru_i_softsign and egru_blend; about 30 s. */
import { beforeAll, describe, expect, test } from 'vitest';
import { cellCycles, fastCellCycles } from '../../compiler/codegen/kernels/unrolled/cell-cycles.ts';
import { blend, gate, SOFTSIGN_LIMIT, softsign } from '../../compiler/core/fixed/fixed.ts';
import { CellChip } from '../support/chips/cell-chip.ts';
import { Random } from '../support/random.ts';

/** Units of a call: 30 KB of RAM hold so many. */
const UNITS = 2900;

type Cycles = typeof cellCycles;

/** Runs the cell on all units; throws at the first state that differs. */
function check(
  chip: CellChip,
  cost: Cycles,
  z: readonly number[],
  g: readonly number[],
  h: readonly number[],
): void {
  for (let from = 0; from < z.length; from += UNITS) {
    const part = (list: readonly number[]) => list.slice(from, from + UNITS);
    const [zs, gs, hs] = [part(z), part(g), part(h)];
    const states = Int16Array.from(hs);
    const cycles = chip.run(Int32Array.from(zs.flatMap((acc, i) => [acc, gs[i] ?? 0])), states);
    const { min, max } = cost(zs.length);
    if (cycles < min || cycles > max)
      throw new Error(`${zs.length} units: ${cycles} cycles, not ${min} .. ${max}`);
    for (let i = 0; i < zs.length; i++) {
      const expected = blend(hs[i] ?? 0, gate(zs[i] ?? 0), softsign(gs[i] ?? 0));
      if (states[i] !== expected) {
        throw new Error(`z ${zs[i]}, g ${gs[i]}, h ${hs[i]}: ${states[i]}, expected ${expected}`);
      }
    }
  }
}

const cells: readonly [string, string, Cycles][] = [
  ['egru_cell_m0.S', 'egru_i_cell_m0', cellCycles],
  ['egru_cell_fast_m0.S', 'egru_i_cell_fast_m0', fastCellCycles],
];

describe.each(cells)('%s', (source, name, cycles) => {
  let chip: CellChip;
  beforeAll(async () => {
    chip = await CellChip.create(source, name);
  });
  const checked = (z: readonly number[], g: readonly number[], h: readonly number[]) =>
    check(chip, cycles, z, g, h);

  // The largest difference g - h shows every z; two states show every g, since 32516 / 32768 loses one in 129.
  test.each([false, true])('every accumulator of the domain, negative: %s', (negative) => {
    const accs = Array.from({ length: SOFTSIGN_LIMIT + 1 }, (_, n) => (negative ? -n : n));
    const constant = (value: number) => accs.map(() => value);
    checked(accs, constant(SOFTSIGN_LIMIT), constant(-32768));
    checked(constant(SOFTSIGN_LIMIT), accs, constant(0));
    checked(constant(SOFTSIGN_LIMIT), accs, constant(64));
  });

  test('edges of ranges and of the domain, in all combinations of z and g', () => {
    const edges = [0, 1, 31, 32, 65535, 65536, 262143, 262144, SOFTSIGN_LIMIT - 1, SOFTSIGN_LIMIT];
    const beyond = [SOFTSIGN_LIMIT + 1, 1 << 24, 0x7fffffff];
    const all = [...edges, ...beyond].flatMap((n) => [n, -n]);
    const pairs = all.flatMap((z) =>
      all.flatMap((g) => [-32768, -1, 0, 32767].map((h) => [z, g, h] as const)),
    );
    checked(
      pairs.map(([z]) => z),
      pairs.map(([, g]) => g),
      pairs.map(([, , h]) => h),
    );
  });

  test('random accumulators and states', () => {
    const random = new Random(8);
    const draw = () => random.between(-1, 1) * random.between(0, 1 << random.between(4, 22));
    const list = (next: () => number) => Array.from({ length: 20_000 }, next);
    checked(
      list(draw),
      list(draw),
      list(() => random.between(-32768, 32767)),
    );
  });

  test('the stated cycles are reached at both ends', () => {
    const cost = (z: number, g: number, units: number) =>
      chip.run(
        Int32Array.from({ length: 2 * units }, (_, i) => (i & 1 ? g : z)),
        new Int16Array(units),
      );
    expect(cost(5, 5, 7)).toBe(cycles(7).min);
    const slow = [1 << 18, SOFTSIGN_LIMIT, SOFTSIGN_LIMIT + 1].flatMap((n) => [n, -n]);
    const dearest = Math.max(...slow.flatMap((z) => slow.map((g) => cost(z, g, 7))));
    expect(dearest).toBe(cycles(7).max);
  });
});

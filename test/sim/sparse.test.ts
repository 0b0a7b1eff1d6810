// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../compiler/core/program/program.ts';
import { multiply } from '../../compiler/core/sim/runners/runner.ts';
import { multiplierOf } from '../../compiler/core/sim/runners/sparse.ts';
import { Random } from '../support/random.ts';

const LEVELS = [0, 1, 2, 4, 5, 6, 7, 7, 7, 7];

describe('products without the zero weights', () => {
  it.each([
    [1, 1],
    [7, 5],
    [48, 112],
  ])('are those of the definition, %i rows of %i columns', (rows, columns) => {
    const random = new Random(rows);
    const codes = Uint8Array.from(
      { length: rows * columns },
      () => LEVELS[random.between(0, LEVELS.length - 1)] ?? 7,
    );
    const bias = Int32Array.from({ length: rows }, () => random.between(-32768, 32767));
    const matrix: Matrix = {
      rows,
      columns,
      codes,
      bias,
      min: new Int32Array(rows),
      max: new Int32Array(rows),
    };
    const product = multiplierOf(matrix);
    const [expected, found] = [new Int32Array(rows), new Int32Array(rows)];
    for (let round = 0; round < 20; round++) {
      const u = Int32Array.from({ length: columns }, () => random.between(-32768, 32767));
      multiply(matrix, u, expected);
      product(u, found);
      expect([...found]).toEqual([...expected]);
    }
  });
});

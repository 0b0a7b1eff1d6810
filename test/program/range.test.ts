// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { blend, gate, relu, SOFTSIGN_LIMIT, softsign, term } from '../../compiler/core/fixed/fixed.ts';
import { denseCell } from '../../compiler/core/program/cells/dense.ts';
import { egruCell } from '../../compiler/core/program/cells/egru.ts';
import {
  featureRange,
  firstOverflow,
  firstSumOverflow,
  INT32_LIMIT,
  type Range,
  rowRanges,
} from '../../compiler/core/program/range.ts';
import { Random } from '../support/random.ts';

const CODES = [0, 1, 2, 4, 5, 6, 7];

describe('ranges', () => {
  it('of a row are reached, and never left', () => {
    const random = new Random(3);
    for (let round = 0; round < 200; round++) {
      const columns = random.between(1, 6);
      const codes = Uint8Array.from({ length: columns }, () => random.pick(CODES));
      const bias = [random.between(-40000, 40000)];
      const inputs: Range[] = Array.from({ length: columns }, () => ({
        min: random.between(-32768, 0),
        max: random.between(0, 32767),
      }));
      const [range] = rowRanges({ rows: 1, columns, codes, bias }, inputs);
      // Every term is monotone in its input, so the corners of the box hold the extremes.
      const sums = Array.from({ length: 2 ** columns }, (_, corner) =>
        inputs.reduce(
          (sum, { min, max }, i) => sum + term(codes[i] ?? 7, (corner >> i) & 1 ? max : min),
          bias[0] ?? 0,
        ),
      );
      expect(range).toEqual({ min: Math.min(...sums), max: Math.max(...sums) });
    }
  });

  it('floor before the negation, as term() does', () => {
    const inputs = [{ min: -3, max: 3 }];
    const row = (code: number) =>
      rowRanges({ rows: 1, columns: 1, codes: Uint8Array.of(code), bias: [0] }, inputs)[0];
    expect([row(1), row(5), row(7)]).toEqual([
      { min: -2, max: 1 },
      { min: -1, max: 2 },
      { min: 0, max: 0 },
    ]);
  });

  it('of features depend on the feature extractor', () => {
    expect([featureRange(true), featureRange(false)]).toEqual([
      { min: 0, max: 32767 },
      { min: -32768, max: 32767 },
    ]);
  });

  it('of a state hold its start and softsign, and no step leaves them', () => {
    expect(softsign(SOFTSIGN_LIMIT)).toBe(32264);
    expect(egruCell.states({ initialState: Int16Array.of(0, -32768, 32767) })).toEqual([
      { min: -32264, max: 32264 },
      { min: -32768, max: 32264 },
      { min: -32264, max: 32767 },
    ]);
    const ends = [-INT32_LIMIT, -SOFTSIGN_LIMIT, -1, 0, 1, SOFTSIGN_LIMIT, INT32_LIMIT];
    const random = new Random(4);
    for (let round = 0; round < 20_000; round++) {
      const h = random.pick([-32768, -32264, -1, 0, 1, 32264, 32767, random.between(-32768, 32767)]);
      const g = softsign(random.pick([...ends, random.between(-200_000, 200_000)]));
      const next = blend(h, gate(random.pick([...ends, random.between(-200_000, 200_000)])), g);
      expect(next >= Math.min(h, g) && next <= Math.max(h, g), `h ${h}, g ${g}`).toBe(true);
    }
  });

  it('of ReLU end at 0 and 32767', () => {
    expect(
      denseCell.outputs({ activation: 'relu' }, [
        [
          { min: -5, max: 7 },
          { min: -9, max: -1 },
          { min: 1, max: 99999 },
        ],
      ]),
    ).toEqual([
      { min: 0, max: 7 },
      { min: 0, max: 0 },
      { min: 0, max: relu(99999) },
    ]);
  });
});

describe('overflow', () => {
  it('is found at the very limit, on both sides', () => {
    const at = (min: number, max: number, bias = 0) =>
      firstOverflow(
        [
          { min: 0, max: 0 },
          { min, max },
        ],
        [0, bias],
      );
    expect(at(-INT32_LIMIT, INT32_LIMIT)).toBeNull();
    expect(at(-INT32_LIMIT - 1, 0)).toEqual({ unit: 1, reach: -INT32_LIMIT - 1 });
    expect(at(0, INT32_LIMIT + 1)).toEqual({ unit: 1, reach: INT32_LIMIT + 1 });
  });

  it('is found in a part of the sum, before the bias brings it back', () => {
    expect(firstOverflow([{ min: 0, max: INT32_LIMIT - 5 }], [-10])).toEqual({
      unit: 0,
      reach: INT32_LIMIT + 5,
    });
  });

  it('is found in the sum over a clip, where the rule is to sum', () => {
    const logits = [
      { min: 0, max: 1000 },
      { min: -1000, max: 0 },
    ];
    expect(firstSumOverflow(logits, { steps: 65535, rule: 'sum' })).toBeNull();
    const large = [
      { min: 0, max: 0 },
      { min: -(2 ** 30), max: 0 },
    ];
    expect(firstSumOverflow(large, { steps: 2, rule: 'sum' })).toEqual({ unit: 1, reach: -(2 ** 31) });
    expect(firstSumOverflow(large, { steps: 1, rule: 'sum' })).toBeNull();
    expect(firstSumOverflow(large, { steps: 65535, rule: 'last' })).toBeNull();
    expect(firstSumOverflow(large, null)).toBeNull();
  });

  it('cannot happen with 65,534 terms and a septenary bias', () => {
    const columns = 65534;
    const inputs = Array.from({ length: columns }, () => ({ min: -32768, max: 32767 }));
    const row = { rows: 1, columns, codes: new Uint8Array(columns).fill(4), bias: [32768] };
    const ranges = rowRanges(row, inputs);
    expect(ranges).toEqual([{ min: 32768 - columns * 32767, max: 65535 * 32768 }]);
    expect(firstOverflow(ranges, row.bias)).toBeNull();
  });
});

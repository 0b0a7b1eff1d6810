// SPDX-License-Identifier: Apache-2.0
/** The integer softmax against floating point and against its twin in C; about 8 s. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { meanSquare } from '../../compiler/core/fixed/energy.ts';
import {
  EXP2_TABLE,
  inverse,
  posterior,
  type Scale,
  softmax,
  weight,
} from '../../compiler/core/fixed/softmax.ts';
import { DEFAULT_SCALE, MAX_SCALE, MIN_SCALE } from '../../compiler/core/program/detect-program.ts';
import { exponentOf } from '../../compiler/core/quant/detect.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { HostBinaries } from '../support/host-programs.ts';
import { Random } from '../support/random.ts';

/** docs/NUMERICS.md, "Detection": the largest error of a posterior, in units of 2^-15. */
const POSTERIOR_ERROR = 3;

function posteriors(scale: Scale, logits: Int32Array): number[] {
  const common = softmax(scale, logits);
  return Array.from(logits, (logit) => posterior(scale, common, logit));
}

/** In units of 2^-15. */
function oracle(scale: number, logits: Int32Array): number[] {
  const largest = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp((scale * (logit - largest)) / 32768));
  const sum = weights.reduce((all, one) => all + one, 0);
  return weights.map((one) => (32768 * one) / sum);
}

test('the table holds powers of two', () => {
  expect([...EXP2_TABLE]).toEqual(Array.from({ length: 65 }, (_, i) => Math.round(65535 * 2 ** (-i / 64))));
});

test('the inverse is the rounded-down quotient for every m', () => {
  for (let m = 32768; m <= 65536; m++) {
    if (inverse(m) !== Math.floor(2 ** 31 / m)) expect([m, inverse(m)]).toEqual([m, Math.floor(2 ** 31 / m)]);
  }
  expect([inverse(32768), inverse(65536)]).toEqual([65536, 32768]);
});

describe('weights', () => {
  const scale = { multiplier: 16384, preShift: 0, postShift: 11 }; // 2^-13 octaves for a step of distance

  test('fall, from the largest to none, within 2.6e-5 of a power of two and the last unit', () => {
    let last = weight(scale, 0);
    expect(last).toBe(65535 << 4);
    for (let t = 0; t <= 0x1ffff; t++) {
      const w = weight(scale, t);
      const exact = 65535 * 16 * 2 ** (-t / 8192);
      if (w > last || Math.abs(w - exact) > 2.6e-5 * exact + 1)
        throw new Error(`weight(${t}) = ${w}, ${exact}`);
      last = w;
    }
    expect(weight(scale, 0x20000)).toBe(0);
    expect(weight(scale, 0xffffffff)).toBe(0);
  });

  test('are none beyond 20 octaves', () => {
    const steep = { multiplier: 32767, preShift: 0, postShift: 0 };
    expect(weight(steep, 39)).toBe(1);
    expect(weight(steep, 41)).toBe(0);
  });
});

describe('posteriors', () => {
  test(`differ from floating point by at most ${POSTERIOR_ERROR} units`, () => {
    const random = new Random(5);
    let worst = 0;
    for (const scale of [MIN_SCALE, 0.03, 0.5, 1, DEFAULT_SCALE, 6, 77, MAX_SCALE]) {
      for (const n of [1, 2, 3, 6, 10, 64, 1024]) {
        for (const reach of [0.1, 1, 4, 12]) {
          const spread = Math.min(2147483647, Math.round((reach * 32768) / scale));
          for (let round = 0; round < (n > 10 ? 10 : 150); round++) {
            const logits = Int32Array.from({ length: n }, () => random.between(-spread, spread - 1));
            const exact = oracle(scale, logits);
            posteriors(exponentOf(scale), logits).forEach((p, i) => {
              worst = Math.max(worst, Math.abs(p - (exact[i] ?? 0)));
            });
          }
        }
      }
    }
    expect(worst).toBeLessThan(POSTERIOR_ERROR);
    expect(worst).toBeGreaterThan(1); // certainty is 32767
  });

  test('of one label are certain, of equal ones equal, of extremes all or nothing', () => {
    const scale = exponentOf(DEFAULT_SCALE);
    expect(posteriors(scale, Int32Array.of(-5))).toEqual([32767]);
    expect(posteriors(scale, Int32Array.of(7, 7, 7, 7))).toEqual([8192, 8192, 8192, 8192]);
    expect(posteriors(scale, Int32Array.of(-2147483647, 2147483647))).toEqual([0, 32767]);
    expect(posteriors(exponentOf(MIN_SCALE), Int32Array.of(2147483647, -2147483648))).toEqual([32767, 0]);
  });

  test('a larger logit never has a smaller posterior, and a common offset changes nothing', () => {
    const logits = fc.array(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), { minLength: 1, maxLength: 12 });
    const scale = fc.double({ min: MIN_SCALE, max: MAX_SCALE, noNaN: true });
    fc.assert(
      fc.property(logits, scale, fc.integer({ min: -(2 ** 30), max: 2 ** 30 - 1 }), (values, s, offset) => {
        const p = posteriors(exponentOf(s), Int32Array.from(values));
        const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
        for (let i = 1; i < order.length; i++) {
          if ((p[order[i] ?? 0] ?? 0) < (p[order[i - 1] ?? 0] ?? 0)) return false;
        }
        const moved = posteriors(
          exponentOf(s),
          Int32Array.from(values, (value) => value + offset),
        );
        return p.every((one, i) => one === moved[i] && one >= 0 && one <= 32767);
      }),
      { numRuns: 500 },
    );
  });
});

test('every scale becomes multiplier and shifts within their ranges and 2^-15 of its value', () => {
  fc.assert(
    fc.property(fc.double({ min: MIN_SCALE, max: MAX_SCALE, noNaN: true }), (scale) => {
      const { multiplier, preShift, postShift } = exponentOf(scale);
      const exact = (2 * scale) / Math.LN2;
      const got = multiplier / 2 ** (preShift + postShift);
      expect(multiplier).toBeGreaterThanOrEqual(16384);
      expect(multiplier).toBeLessThanOrEqual(32767);
      expect(preShift).toBeGreaterThanOrEqual(0);
      expect(preShift).toBeLessThanOrEqual(15);
      expect(postShift).toBeGreaterThanOrEqual(0);
      expect(postShift).toBeLessThanOrEqual(11);
      expect(Math.abs(got / exact - 1)).toBeLessThan(2 ** -14.9);
    }),
  );
});

describe.each(compilersAmong(['gcc', 'clang']))('twin in C, %s with sanitizers', (compiler) => {
  const binaries = new HostBinaries();
  afterAll(() => binaries.remove());

  test('posteriors, every inverse, mean squares', async () => {
    const binary = await binaries.build(
      [compiler],
      ['test/runtime/softmax.c', 'runtime-c/detect/egru_softmax.c', 'runtime-c/detect/egru_detect.c'],
      { sanitize: true },
    );
    const random = new Random(9);
    const input: number[] = [];
    const expected: number[] = [];
    for (let i = 0; i < 3000; i++) {
      const scale = {
        multiplier: random.between(16384, 32767),
        preShift: random.between(0, 15),
        postShift: random.between(0, 11),
      };
      const n = i < 5 ? 1024 : random.between(1, 20);
      const spread = random.pick([3, 1000, 100000, 2 ** 24, 2147483647]);
      const logits = Int32Array.from({ length: n }, () =>
        random.chance(0.05) ? random.pick([-2147483648, 2147483647]) : random.between(-spread, spread),
      );
      input.push(n, scale.multiplier, scale.preShift, scale.postShift, ...logits);
      expected.push(...posteriors(scale, logits));
    }
    for (let m = 32768; m <= 65536; m++) expected.push(inverse(m));
    for (const n of [64, 128, 256]) {
      for (const value of [-32768, -1, 0, 1, 32767])
        expected.push(meanSquare(new Int16Array(n).fill(value), 0, n));
      expected.push(
        meanSquare(
          Int16Array.from({ length: n }, (_, i) => i),
          0,
          n,
        ),
      );
    }
    const { status, stdout, stderr } = spawnSync(binary, {
      input: Int32Array.from([...input, 0]),
      maxBuffer: 1 << 24,
    });
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
    const got = new Int32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
    expect(got.length).toBe(expected.length);
    expect(expected.findIndex((value, i) => value !== got[i])).toBe(-1);
  });
});

test('the mean square is exact', () => {
  const random = new Random(1);
  for (const n of [64, 128, 256]) {
    for (const level of [0, 3, 200, 32767]) {
      const pcm = Int16Array.from({ length: n + 7 }, () => random.between(-level - 1, level));
      const sum = pcm.subarray(7).reduce((all, value) => all + value * value, 0); // below 2^38: exact
      expect(meanSquare(pcm, 7, n)).toBe(Math.floor(sum / n));
    }
    expect(meanSquare(new Int16Array(n).fill(-32768), 0, n)).toBe(2 ** 30);
  }
});

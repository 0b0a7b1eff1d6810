// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { biasOf, codeOf } from '../../compiler/core/quant/levels.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';

interface Toy {
  readonly weights: Readonly<Record<string, number[][]>>;
  readonly codes: Readonly<Record<string, number[][]>>;
  readonly biases: Readonly<Record<string, number[]>>;
}
const toy: Toy = JSON.parse(readFileSync(packagePath('test', 'vectors', 'toy.json'), 'utf8'));

const ONE = 0;
const HALF = 1;
const QUARTER = 2;
const MINUS = 4;
const ZERO = 7;

/** The next double towards zero. */
function below(value: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigUint64(0, bits.getBigUint64(0) - 1n);
  return bits.getFloat64(0);
}

/** w^2 >= 1 / 2^n for w = m 2^-e without a fraction: what the threshold 2^(-n/2) means, exactly. */
function reaches(w: number, n: number): boolean {
  const m = BigInt(w * 2 ** 60);
  return m * m * 2n ** BigInt(n) >= 2n ** 120n;
}

describe('codes', () => {
  it.each(['z', 'g', 'o'])('equal the independent vectors, boundary cases included: %s', (matrix) => {
    expect(toy.weights[matrix]?.map((row) => row.map((weight) => codeOf(weight, 'code')))).toEqual(
      toy.codes[matrix],
    );
  });

  it('change exactly at 2^-0.5, 2^-1.5 and 2^-2.5', () => {
    const levels = [ONE, HALF, QUARTER, ZERO];
    [1, 3, 5].forEach((n, i) => {
      const edge = Math.SQRT1_2 / 2 ** i;
      expect([reaches(edge, n), reaches(below(edge), n)]).toEqual([true, false]);
      expect([codeOf(edge, 'code'), codeOf(below(edge), 'code')]).toEqual([levels[i], levels[i + 1]]);
    });
  });

  it('distinguish float32 from double where the edge lies between', () => {
    expect(codeOf(0.70710679, 'code')).toBe(ONE);
    expect(codeOf(Math.fround(0.70710679), 'code')).toBe(HALF);
  });

  it('rule "equation" zeroes up to and with 1/4, and is the same beyond', () => {
    const at = (weight: number): number[] => [codeOf(weight, 'code'), codeOf(weight, 'equation')];
    expect(at(0.25)).toEqual([QUARTER, ZERO]);
    expect(at(-0.25)).toEqual([MINUS | QUARTER, ZERO]);
    expect(at(0.25 + 2 ** -54)).toEqual([QUARTER, QUARTER]); // the next double
    expect(at(-0.36)).toEqual([MINUS | HALF, MINUS | HALF]);
    expect(at(0.1)).toEqual([ZERO, ZERO]);
  });

  it('clamp what is beyond 1, and know no negative zero', () => {
    expect([1e300, -1e300, 0, -0, 5e-324, -5e-324].map((weight) => codeOf(weight, 'code'))).toEqual([
      ONE,
      MINUS | ONE,
      ZERO,
      ZERO,
      ZERO,
      ZERO,
    ]);
  });

  it('never are 3', () => {
    for (let w = -1.2; w < 1.2; w += 0.001) expect([0, 1, 2, 4, 5, 6, 7]).toContain(codeOf(w, 'code'));
  });
});

describe('biases', () => {
  it.each(['z', 'g', 'o'])('septenary ones equal the independent vectors: %s', (matrix) => {
    const biases = toy.weights[`${matrix}b`] as unknown as number[];
    expect(biases.map((bias) => biasOf(bias, 'septenary', 'code'))).toEqual(toy.biases[matrix]);
  });

  it('septenary ones follow the rule of the weights', () => {
    expect(biasOf(0.2, 'septenary', 'code')).toBe(8192);
    expect(biasOf(0.2, 'septenary', 'equation')).toBe(0);
    expect(biasOf(-7, 'septenary', 'code')).toBe(-32768);
  });

  it.each([
    [0, 0],
    [1, 32768],
    [-1, -32768],
    [0.5 / 32768, 1], // a half goes up
    [-0.5 / 32768, 0],
    [-1.5 / 32768, -1],
    [1.5 / 32768, 2],
    [below(0.5) / 32768, 0], // adding 1/2 in floating point would make 1 of it
    [-below(0.5) / 32768, 0],
    [-1e-300, 0],
    [12345.678, 404543177], // 404543176.704
    [-65535.999999, -2147483648], // -2147483647.967: the range check refuses it
  ])('q15 of %d is %d', (bias, expected) => {
    expect(Object.is(biasOf(bias, 'q15', 'code'), expected)).toBe(true);
  });
});

// SPDX-License-Identifier: Apache-2.0
/** Learning of the output layer: what it does, its bounds, and its twin in C. */
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { learnCorrect, learnMean, learnSum, learnTeach } from '../../compiler/core/fixed/learning.ts';
import { DEFAULT_SCALE } from '../../compiler/core/program/detect-program.ts';
import { exponentOf } from '../../compiler/core/quant/detect.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { HostBinaries } from '../support/host-programs.ts';
import { Random } from '../support/random.ts';

const MOST = 2147483647;

test('sums saturate, means are rounded toward zero', () => {
  expect([learnSum(MOST, 1), learnSum(-MOST, -1), learnSum(MOST, -MOST)]).toEqual([MOST, -MOST, 0]);
  expect([learnMean(7, 2), learnMean(-7, 2), learnMean(MOST, 1), learnMean(-MOST, 1)]).toEqual([
    3,
    -3,
    MOST,
    -MOST,
  ]);
});

test('the scale of the softmax is the one that detection has by default', () => {
  expect(exponentOf(DEFAULT_SCALE)).toEqual({ multiplier: 23637, preShift: 0, postShift: 11 });
});

test('an example moves its label up, every other one down, and what is certain hardly at all', () => {
  const x = Int16Array.of(20000, -12000, 3000);
  const logits = Int32Array.of(0, 20000, -20000, 5000);
  const learnt = new Int16Array(4 * 4);
  learnTeach(learnt, x, logits, 0);
  const after = logits.slice();
  learnCorrect(learnt, x, after);
  const moves = [...after].map((value, k) => value - (logits[k] ?? 0));
  expect(moves[0]).toBeGreaterThan(4000);
  expect(Math.max(...moves.slice(1))).toBeLessThanOrEqual(0);
  const certain = new Int16Array(4 * 4);
  learnTeach(certain, x, Int32Array.of(MOST, 0, 0, 0), 0);
  expect(Math.max(...certain.map(Math.abs))).toBeLessThan(2);
});

test('nothing wraps, however often the same is taught', () => {
  const x = new Int16Array(2).fill(-32768);
  const learnt = new Int16Array(2 * 3);
  for (let i = 0; i < 300; i++) learnTeach(learnt, x, Int32Array.of(-MOST, MOST), 0);
  expect([...learnt]).toEqual([-32768, -32768, 32767, 32767, 32767, -32768]);
  const logits = Int32Array.of(MOST, -MOST);
  learnCorrect(learnt, x, logits);
  expect([...logits]).toEqual([MOST, -MOST]);
});

describe.each(compilersAmong(['gcc', 'clang']))('twin in C, %s with sanitizers', (compiler) => {
  const binaries = new HostBinaries();
  afterAll(() => binaries.remove());

  test('computes the same of random examples', async () => {
    const sources = [
      'test/runtime/learn.c',
      'runtime-c/detect/egru_learn.c',
      'runtime-c/detect/egru_softmax.c',
    ];
    const binary = await binaries.build([compiler], sources, { sanitize: true });
    const random = new Random(15);
    const input: number[] = [];
    const expected: number[] = [];
    for (let i = 0; i < 1500; i++) {
      const [n, units] = [random.between(1, 12), random.between(1, 40)];
      const [label, steps] = [random.between(0, n - 1), random.pick([1, 2, 31, 64, 999, 65535])];
      const [a, b] = [random.between(-MOST, MOST), random.between(-MOST, MOST)];
      const level = random.pick([0, 100, 32767]);
      const reach = Math.min(random.pick([10, 30000, 200000, MOST]), Math.floor(MOST / steps));
      const sums = Array.from({ length: units }, () => random.between(-(level + 1) * steps, level * steps));
      const logits = Array.from({ length: n }, () => random.between(-reach * steps, reach * steps));
      const spread = random.pick([0, 500, 32767]);
      const learnt = Int16Array.from({ length: n * (units + 1) }, () => random.between(-spread, spread));
      input.push(n, units, label, steps, a, b, ...sums, ...logits, ...learnt);
      const x = Int16Array.from(sums, (sum) => learnMean(sum, steps));
      const means = Int32Array.from(logits, (sum) => learnMean(sum, steps));
      learnTeach(learnt, x, means, label);
      expected.push(learnSum(a, b), ...learnt);
      learnCorrect(learnt, x, means);
      expected.push(...means);
    }
    const run = spawnSync(binary, { input: Int32Array.from([...input, 0]), maxBuffer: 1 << 24 });
    expect([run.stderr.toString(), run.status]).toEqual(['', 0]);
    const { stdout } = run;
    const got = new Int32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
    expect(got.length).toBe(expected.length);
    const at = expected.findIndex((value, i) => value !== got[i]);
    expect(at).toBe(-1);
  });
});

// SPDX-License-Identifier: Apache-2.0
/** The packed kernel on the host against the reference, over random programs; about 10 s, most of it compilation. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import {
  expectedOf,
  HostBinaries,
  type ProgramCase,
  packedRunnerSources,
  runCases,
} from '../support/host-programs.ts';
import { featuresOf, type ProgramSpec, programOf, specs } from '../support/random-program.ts';
import { toyProgram, toySteps } from '../support/toy.ts';

const COUNT = 150;
const compilers = compilersAmong(['gcc', 'clang']);
const variants = compilers.flatMap((compiler) => [
  { name: compiler[0], compiler, options: {} },
  { name: `${compiler[0]} -O3`, compiler, options: { extra: ['-O3'] } },
  { name: `${compiler[0]}, sanitizers`, compiler, options: { sanitize: true } },
]);

const corners: ProgramSpec[] = (['all zero', 'all one', 'all minus one'] as const).flatMap((weights) =>
  (['lowest', 'highest', 'extreme'] as const).map((input, i) => ({
    seed: 100 + i,
    inputs: 128,
    layers: [
      { type: 'egru', units: 128, weights, zeros: 0, state: 'extreme' },
      { type: 'dense', units: 127, weights, zeros: 0, state: 'zeros' },
      { type: 'egru', units: 1, weights, zeros: 0, state: 'random' },
      { type: 'dense', units: 3, weights, zeros: 0, state: 'zeros' },
    ],
    lastActivation: i === 0 ? 'relu' : 'none',
    bias: i === 1 ? 'q15' : 'septenary',
    readout: 'sum',
    steps: 3,
    input,
  })),
);

const binaries = new HostBinaries();
let cases: ProgramCase[] = [];
let expected: Int32Array[] = [];

beforeAll(() => {
  cases = [...corners, ...specs(COUNT, 20261124)].map((spec) => ({
    program: programOf(spec),
    features: featuresOf(spec),
    steps: spec.steps,
  }));
  expected = cases.map(expectedOf);
});
afterAll(() => binaries.remove());

test('gcc and clang are both here', () => {
  expect(compilers.map(([name]) => name)).toEqual(['gcc', 'clang']);
});

describe.each(variants)('packed kernel, $name', ({ compiler, options }) => {
  let binary = '';
  beforeAll(async () => {
    binary = await binaries.build(compiler, packedRunnerSources, options);
  });

  test(`${COUNT + corners.length} random programs give the reference's integers, again after a reset`, () => {
    const results = runCases(binary, cases);
    results.forEach((result, i) => {
      expect(result, `case ${i}, ${cases[i]?.program.name}`).toEqual(expected[i]);
    });
  });

  test('the toy network gives what the independent implementation gives', () => {
    const features = Int16Array.from(toySteps.flatMap(({ x }) => x));
    const [result] = runCases(binary, [{ program: toyProgram(), features, steps: toySteps.length }]);
    const steps = toySteps.flatMap(({ h, logits }) => [...h, ...logits]);
    expect(Array.from(result ?? []).slice(0, steps.length)).toEqual(steps);
  });
});

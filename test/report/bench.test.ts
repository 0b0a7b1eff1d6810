// SPDX-License-Identifier: Apache-2.0
/** The benchmark on a small network: complete, consistent, and the same twice. About 20 s: softsign's whole domain. */
import { expect, test } from 'vitest';
import { bench } from '../../compiler/report/bench/bench.ts';
import { featuresOf, programOf } from '../support/random-program.ts';

const spec = {
  seed: 11,
  inputs: 9,
  layers: [
    { type: 'egru', units: 7, weights: 'mixed', zeros: 30, state: 'random' },
    { type: 'dense', units: 3, weights: 'mixed', zeros: 30, state: 'zeros' },
  ],
  lastActivation: 'none',
  bias: 'septenary',
  readout: 'sum',
  steps: 5,
  input: 'random',
} as const;

test('two runs give the same figures, for every kernel and baseline', async () => {
  const program = programOf(spec);
  const clips = [featuresOf(spec)];
  const report = await bench(program, clips, { kernels: ['packed', 'unrolled'] });
  expect(report).toMatchObject({ clips: 1, steps: 5, frontend: null });
  expect(report.kernels.map(({ name }) => name)).toEqual(['packed', 'unrolled', 'literal', 'float-gru']);
  for (const kernel of report.kernels) {
    const { cyclesPerStep, cyclesPerStepMax, cyclesPerStepBound, layers, flash, ram, stack, steps } = kernel;
    expect(steps).toBe(5);
    expect(layers.map(({ name }) => name)).toEqual(program.layers.map(({ name }) => name));
    expect(layers.reduce((sum, { cycles }) => sum + cycles, 0)).toBeCloseTo(cyclesPerStep, 6);
    expect(cyclesPerStepMax).toBeGreaterThanOrEqual(cyclesPerStep);
    expect(cyclesPerStepBound).toBeGreaterThan(cyclesPerStep);
    for (const bytes of [flash, ram, stack]) expect(bytes).toBeGreaterThan(0);
  }
  const [packed, unrolled, literal, float] = report.kernels.map(({ cyclesPerStep }) => cyclesPerStep);
  expect(unrolled).toBeLessThan(packed ?? 0);
  expect(literal).toBeLessThan(float ?? 0);
  expect(report.softsign.max).toBeLessThanOrEqual(45);
  expect(report.softsign.mean).toBeLessThanOrEqual(report.softsign.max);
  expect(await bench(program, clips, { kernels: ['packed', 'unrolled'] })).toEqual(report);
});

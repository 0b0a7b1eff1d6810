// SPDX-License-Identifier: Apache-2.0
/** The generated assembly on the emulated chip against the reference: values, cycles, stack, interrupts. About 25 s. */
import { describe, expect, test } from 'vitest';
import { generateUnrolled } from '../../compiler/codegen/kernels/unrolled/unrolled.ts';
import { keepsOutputs } from '../../compiler/core/program/layout.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { StepChip, type StepResult } from '../support/chips/step-chip.ts';
import { Random } from '../support/random.ts';
import { featuresOf, type ProgramSpec, programOf, specs } from '../support/random-program.ts';

/** Enough for blocks that the search has moved rows between. */
const EFFORT = 2e4;
/** egru_i_cell_fast_m0 pushes a word. */
const CELL_STACK = 4;

function reference(program: Program, network: Network, features: Int16Array): Int32Array {
  network.step(features);
  const kept = program.layers.flatMap((layer, i) =>
    keepsOutputs(layer) ? [...(network.outputs[i] ?? [])] : [],
  );
  return Int32Array.from([...kept, ...network.logits]);
}

function expectPredicted(chip: StepChip, result: StepResult): void {
  for (const [i, { label, kind, min, max, lines }] of chip.sections.entries()) {
    const cycles = result.sections[i] ?? 0;
    expect(cycles, `${label} (${kind})`).toBeGreaterThanOrEqual(min);
    expect(cycles, `${label} (${kind})`).toBeLessThanOrEqual(max);
    if (kind === 'matrix' || kind === 'inputs') expect(min, label).toBe(max);
    // Other sections branch, or follow a call.
    if (kind === 'matrix') expect(result.lines[i], `${label}, lines of flash`).toBe(lines);
  }
}

/** Runs all steps with and without interrupts. */
async function compare(program: Program, features: Int16Array, steps: number, seed: number): Promise<void> {
  const chip = await StepChip.create(program, EFFORT);
  const inputs = features.length / steps;
  const random = new Random(seed);
  for (const interrupted of [false, true]) {
    const network = new Network(program);
    chip.reset();
    for (let step = 0; step < steps; step++) {
      const x = features.subarray(step * inputs, (step + 1) * inputs);
      const { max } = generateUnrolled(program, { effort: EFFORT });
      const at = Array.from({ length: interrupted ? 12 : 0 }, () => random.between(0, max));
      const result = chip.step(x, at);
      expect(result.outputs).toEqual(reference(program, network, x));
      if (!interrupted) expectPredicted(chip, result);
    }
    if (interrupted) continue;
    const { frame } = generateUnrolled(program, { effort: EFFORT });
    const cell = program.layers.some(({ type }) => type === 'egru') ? CELL_STACK : 0;
    expect(chip.stack).toBe(frame + cell);
  }
}

describe('random programs on the chip', () => {
  test.each(specs(24, 5, { maxWidth: 64, maxSteps: 4 }))('%o', async (spec) => {
    await compare(programOf(spec), featuresOf(spec), spec.steps, spec.seed);
  });

  const base: ProgramSpec = {
    seed: 1,
    inputs: 1,
    layers: [],
    lastActivation: 'none',
    bias: 'q15',
    readout: 'last',
    steps: 2,
    input: 'random',
  };
  const wide = (
    type: 'egru' | 'dense',
    units: number,
    zeros: number,
    weights: 'mixed' | 'all one' = 'mixed',
  ) => ({
    type,
    units,
    weights,
    zeros,
    state: 'random' as const,
  });

  test.each<[string, Partial<ProgramSpec>]>([
    ['a frame beyond the reach of sp', { inputs: 300, layers: [wide('egru', 300, 93)] }],
    [
      'many dense units behind a wide layer',
      { inputs: 7, layers: [wide('egru', 300, 97), wide('dense', 300, 97)] },
    ],
    ['relu, 300 units', { inputs: 3, layers: [wide('dense', 300, 50)], lastActivation: 'relu' }],
    ['logits, 300 units', { inputs: 299, layers: [wide('dense', 300, 90)] }],
    ['no weight at all', { inputs: 33, layers: [wide('egru', 13, 100), wide('dense', 5, 100)] }],
    ['only ones', { inputs: 60, layers: [wide('egru', 31, 0, 'all one'), wide('dense', 9, 0, 'all one')] }],
    ['one of everything', { layers: [wide('egru', 1, 0), wide('dense', 1, 0), wide('egru', 1, 0)] }],
    ['extreme inputs', { inputs: 40, layers: [wide('egru', 20, 0), wide('dense', 7, 0)], input: 'extreme' }],
  ])('%s', async (_, change) => {
    const spec = { ...base, ...change };
    await compare(programOf(spec), featuresOf(spec), spec.steps, 9);
  });
});

test('the bundled model: cycles of the goal, and the same at every step', async () => {
  const program = loadProgram(packagePath('models', 'spoken-digits'));
  const chip = await StepChip.create(program, 3e5);
  const network = new Network(program);
  const random = new Random(4);
  let cycles = 0;
  const steps = 40;
  for (let step = 0; step < steps; step++) {
    // Magnitudes as the feature extractor gives them.
    const x = Int16Array.from({ length: 64 }, () => random.between(0, random.between(1, 20000)));
    const result = chip.step(x);
    expect(result.outputs).toEqual(reference(program, network, x));
    expectPredicted(chip, result);
    cycles += result.cycles;
  }
  expect(cycles / steps).toBeLessThan(13_500);
});

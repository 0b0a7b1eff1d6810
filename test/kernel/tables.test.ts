// SPDX-License-Identifier: Apache-2.0
/** Steps whose rows are in tables, against the reference: on the emulated chip cycle by cycle, and in C. About 30 s. */
import { afterEach, describe, expect, test } from 'vitest';
import { tableMakers } from '../../compiler/codegen/kernels/mixed/parts.ts';
import { planMixed } from '../../compiler/codegen/kernels/mixed/plan.ts';
import { planSparse } from '../../compiler/codegen/kernels/sparse/kernel.ts';
import { stepFlash } from '../../compiler/codegen/kernels/unrolled/kernel.ts';
import type { PlannedLayer } from '../../compiler/codegen/kernels/unrolled/planned-layer.ts';
import {
  generateStep,
  planUnrolled,
  planVariants,
} from '../../compiler/codegen/kernels/unrolled/unrolled.ts';
import { keepsOutputs } from '../../compiler/core/program/layout.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { HostExecutor } from '../../compiler/machines/execute/host.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { StepChip } from '../support/chips/step-chip.ts';
import { Random } from '../support/random.ts';
import { featuresOf, type ProgramSpec, programOf, specs } from '../support/random-program.ts';

const EFFORT = 2e3;
type Plan = (program: Program) => readonly PlannedLayer[];

/** Columns with words for their levels, where layers are sparse. */
const wide: Plan = (program) => planVariants(program, EFFORT).wide;

/** Every block by chance unrolled; rows of others sparse or packed. */
function shuffled(planned: readonly PlannedLayer[], seed: number): readonly PlannedLayer[] {
  const random = new Random(seed);
  return planned.map((layer) => {
    const blocks = layer.blocks.filter(() => random.between(0, 1) === 0);
    const unrolled = new Set(blocks.flatMap((block) => block.rows.map(({ row }) => row)));
    const rest = layer.rows.rows.flatMap((row, i) =>
      unrolled.has(row) ? [] : [{ i, where: random.between(0, tableMakers.length - 1) }],
    );
    const tables = tableMakers.map((make, table) => {
      const own = rest.filter(({ where }) => where === table).map(({ i }) => i);
      return own.length === 0 ? null : make(layer.rows, own);
    });
    return { ...layer, blocks, tables: tables.filter((table) => table !== null) };
  });
}

function reference(program: Program, network: Network, features: Int16Array): Int32Array {
  network.step(features);
  const kept = program.layers.flatMap((layer, i) =>
    keepsOutputs(layer) ? [...(network.outputs[i] ?? [])] : [],
  );
  return Int32Array.from([...kept, ...network.logits]);
}

async function compare(spec: ProgramSpec, plan: Plan): Promise<void> {
  const program = programOf(spec);
  const step = generateStep(program, plan(program));
  const chip = await StepChip.of(program, step);
  const features = featuresOf(spec);
  const random = new Random(spec.seed);
  const inputs = features.length / spec.steps;
  for (const interrupted of [false, true]) {
    const network = new Network(program);
    chip.reset();
    for (let i = 0; i < spec.steps; i++) {
      const x = features.subarray(i * inputs, (i + 1) * inputs);
      const at = Array.from({ length: interrupted ? 12 : 0 }, () => random.between(0, step.max));
      const result = chip.step(x, at);
      expect(result.outputs).toEqual(reference(program, network, x));
      if (interrupted) continue;
      step.sections.forEach(({ label, kind, min, max }, s) => {
        expect(result.sections[s], `${label} (${kind})`).toBeGreaterThanOrEqual(min);
        expect(result.sections[s], `${label} (${kind})`).toBeLessThanOrEqual(max);
        if (['table', 'matrix', 'inputs'].includes(kind)) expect(min, label).toBe(max);
      });
    }
  }
}

describe.each([
  ['sparse', planSparse],
  ['by chance', (program: Program) => shuffled(planUnrolled(program, EFFORT), 7)],
  ['wide', wide],
  ['wide, by chance', (program: Program) => shuffled(wide(program), 8)],
  ['the smallest mixed step', (program: Program) => planMixed(program, 1)],
] as const)('%s', (_, plan) => {
  test.each(specs(10, 17, { maxWidth: 64, maxSteps: 3 }))('%o', async (spec) => {
    await compare(spec, plan);
  });

  const base: ProgramSpec = {
    seed: 3,
    inputs: 70,
    layers: [],
    lastActivation: 'relu',
    bias: 'q15',
    readout: 'last',
    steps: 2,
    input: 'extreme',
  };
  test.each([0, 50, 80, 90, 95, 99, 100])('wide layers, %i %% zeros', async (zeros) => {
    const layer = { weights: 'mixed', zeros, state: 'extreme' } as const;
    const layers = [
      { ...layer, type: 'egru' as const, units: 61 },
      { ...layer, type: 'dense' as const, units: 130 },
    ];
    await compare({ ...base, layers }, plan);
  });
});

test('a mixed step never exceeds its budget, and is never slower than one with less', () => {
  const layer = { weights: 'mixed', zeros: 60, state: 'zeros', type: 'egru' } as const;
  const program = programOf({
    ...{
      seed: 1,
      inputs: 40,
      lastActivation: 'none',
      bias: 'septenary',
      readout: null,
      steps: 1,
      input: 'random',
    },
    layers: [
      { ...layer, units: 50 },
      { ...layer, type: 'dense', units: 30 },
    ],
  });
  const unrolled = planUnrolled(program);
  const most = stepFlash(program, unrolled);
  const least = stepFlash(program, planMixed(program, 1));
  expect(planMixed(program, most)).toBe(unrolled);
  let cycles = Number.POSITIVE_INFINITY;
  for (let budget = least; budget < most; budget += Math.ceil((most - least) / 12)) {
    const planned = planMixed(program, budget);
    expect(stepFlash(program, planned)).toBeLessThanOrEqual(budget);
    const { max } = generateStep(program, planned);
    expect(max).toBeLessThanOrEqual(cycles + 60); // tables share what they begin with: costs of a part are estimates
    cycles = max;
  }
});

describe('columns with words for their levels', () => {
  const program = programOf({
    ...{
      seed: 2,
      inputs: 33,
      lastActivation: 'none',
      bias: 'q15',
      readout: null,
      steps: 3,
      input: 'extreme',
    },
    layers: [{ type: 'egru', units: 160, weights: 'mixed', zeros: 91, state: 'extreme' }],
  });
  const { pairs, wide, fastest } = planVariants(program);
  const small = (planned: readonly PlannedLayer[]) => planned.map((layer) => ({ ...layer, fast: false }));
  const isWide = (planned: readonly PlannedLayer[]) =>
    planned.some(({ blocks }) => blocks.some((b) => b.wide));

  test('take fewer bytes, and are taken where they take no more cycles', () => {
    expect([pairs, wide].map(isWide)).toEqual([false, true]);
    expect(stepFlash(program, small(wide))).toBeLessThan(0.9 * stepFlash(program, small(pairs)));
    const cycles = [pairs, wide].map((planned) => generateStep(program, planned).max);
    expect(generateStep(program, fastest).max).toBe(Math.min(...cycles));
  });

  test('are what a budget between the two buys, which is not slower than tables', () => {
    const planned = planMixed(program, stepFlash(program, small(wide)) + 100); // parts are rounded up to words
    expect(isWide(planned)).toBe(true);
    expect(planned.flatMap(({ tables }) => tables)).toEqual([]);
    expect(generateStep(program, planned).max).toBeLessThanOrEqual(generateStep(program, small(wide)).max);
  });
});

describe('in C', () => {
  const open: HostExecutor[] = [];
  afterEach(async () => {
    for (const executor of open.splice(0)) await executor.close();
  });
  const sparse = { type: 'egru', units: 60, weights: 'mixed', zeros: 85, state: 'extreme' } as const;
  const layers = [sparse, { ...sparse, type: 'dense', units: 20 } as const];
  test.each(specs(3, 77, { maxWidth: 40 }).flatMap((spec) => [spec, { ...spec, layers }]))(
    '%o',
    async (spec) => {
      const program = programOf(spec);
      const clips = [featuresOf(spec)];
      const expected = await new ReferenceExecutor(program).run(clips, true);
      const budget = stepFlash(
        program,
        planVariants(program).wide.map((layer) => ({ ...layer, fast: false })),
      );
      for (const kernel of ['sparse', 'mixed:1', `mixed:${budget}`] as const) {
        const host = await HostExecutor.create(program, { kernel, sanitize: true });
        open.push(host);
        expect(await host.run(clips, true)).toEqual(expected);
      }
    },
  );
});

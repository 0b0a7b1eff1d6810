// SPDX-License-Identifier: Apache-2.0
/** Schedules: what the search counts is what the plan costs, no weight is lost, and nothing depends on chance. */
import { describe, expect, test } from 'vitest';
import { BlockCost, SLOTS, VACANT } from '../../compiler/codegen/kernels/unrolled/block-cost.ts';
import { paths } from '../../compiler/codegen/kernels/unrolled/paths.ts';
import { planBlocks, type Step } from '../../compiler/codegen/kernels/unrolled/plan.ts';
import { type LayerRows, layerRows } from '../../compiler/codegen/kernels/unrolled/rows.ts';
import { assignRows } from '../../compiler/codegen/kernels/unrolled/search.ts';
import { generateUnrolled } from '../../compiler/codegen/kernels/unrolled/unrolled.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { type ProgramSpec, programOf, specs } from '../support/random-program.ts';

const layersOf = (spec: ProgramSpec): LayerRows[] => programOf(spec).layers.map(layerRows);

/** Cycles of a step: one, and one for each addition. */
function cyclesOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { additions }) => sum + 1 + additions.length, 0);
}

describe.each(specs(30, 21, { maxWidth: 40 }))('schedule of %o', (spec) => {
  test('costs what the search has counted, and computes every row once', () => {
    for (const layer of layersOf(spec)) {
      const assignment = assignRows(layer, 3000);
      const rows = [...assignment.slots].filter((slot) => slot !== VACANT).map((slot) => slot >> 1);
      expect(rows.sort((a, b) => a - b)).toEqual(layer.rows.map((_, i) => i));
      // A block may be planned with or without complements.
      const counted = [true, false].map((complements) => {
        const tables = new BlockCost(layer, paths(complements));
        return Array.from({ length: assignment.blocks }, (_, b) =>
          tables.blockCost(assignment.slots, b * SLOTS),
        );
      });
      const used = Array.from({ length: assignment.blocks }, (_, b) => b).filter((b) =>
        assignment.slots.subarray(b * SLOTS, (b + 1) * SLOTS).some((slot) => slot !== VACANT),
      );
      planBlocks(layer, assignment).forEach(({ pairs }, i) => {
        const planned = pairs.reduce((sum, { steps }) => sum + 2 + cyclesOf(steps), 0);
        expect(counted.map((costs) => costs[used[i] ?? -1])).toContain(planned);
      });
    }
  });
});

test('the search lowers the cost, and a combination of two columns pays', () => {
  const program = loadProgram(packagePath('models', 'spoken-digits'));
  const layer = program.layers[0];
  if (layer === undefined) throw new Error('a model without layers');
  const rows = layerRows(layer);
  const cost = new BlockCost(rows);
  const total = (effort: number) => {
    const { slots, blocks } = assignRows(rows, effort);
    return Array.from({ length: blocks }, (_, b) => cost.blockCost(slots, b * SLOTS)).reduce(
      (a, b) => a + b,
      0,
    );
  };
  expect(total(2e5)).toBeLessThan(total(0) - 100);
  const steps = planBlocks(rows, assignRows(rows, 0)).flatMap(({ pairs }) =>
    pairs.flatMap((pair) => pair.steps),
  );
  const combinations = steps.filter(({ kind }) => kind === 'combination');
  expect(combinations.length).toBeGreaterThan(50);
  expect(combinations.every(({ additions }) => additions.length >= 2)).toBe(true);
});

test('two generations give the same bytes', () => {
  const generate = () =>
    generateUnrolled(loadProgram(packagePath('models', 'spoken-digits')), { effort: 1e5 });
  const [first, second] = [generate(), generate()];
  expect(first).not.toBe(second);
  expect(second.assembly).toBe(first.assembly);
  expect(second.c).toBe(first.c);
});

describe('paths through the values of two columns', () => {
  const { upper, lower, lowerWith, upperTo } = paths();

  test.each([
    ['nothing', 0, 0, 0],
    ['all levels in any sign', 0, 0b111, 3],
    ['all six values', 0b111111, 0, 6],
    // Complements survive the shifts, so that only one sign change is paid for.
    ['all negative', 0b101010, 0, 4],
    ['-x >> 2 alone', 0b100000, 0, 2],
  ])('of the upper column, %s', (_, states, levels, cycles) => {
    expect(upper.cost(states, levels)).toBe(cycles);
    expect(upper.path(states, levels)).toHaveLength(cycles);
  });

  test('of the lower column, the sign extension comes first', () => {
    expect(lower.cost(0, 0b100)).toBe(2);
    expect(lower.path(0, 0b100).map(({ op }) => op.kind)).toEqual(['sxth', 'asrs']);
  });

  test('a combination costs one instruction where both values are there anyway', () => {
    expect(upperTo[0]?.cost(1, 0)).toBe(1);
    expect(lowerWith[0]?.cost(1, 0)).toBe(2);
    expect(lowerWith[4]?.path(1, 0).map(({ op }) => op.kind)).toEqual(['sxth', 'asrs', 'combine']);
  });

  test('every demand has a path that serves it', () => {
    for (const table of [upper, lower, ...upperTo, ...lowerWith]) {
      for (let states = 0; states < 64; states++) {
        for (let levels = 0; levels < 8; levels++) {
          const seen = new Set(table.path(states, levels).map(({ held }) => held.state));
          for (let state = 0; state < 6; state++) {
            if ((states >> state) & 1) expect(seen).toContain(state);
          }
          for (let level = 0; level < 3; level++) {
            if ((levels >> level) & 1) expect(seen.has(2 * level) || seen.has(2 * level + 1)).toBe(true);
          }
        }
      }
    }
  });
});

/** How long it takes is measured by test/tools/bench/codegen.js. */
test('100,000 weights are scheduled and become code', () => {
  const layer = { type: 'egru', units: 150, weights: 'mixed', zeros: 34, state: 'zeros' } as const;
  const program = programOf({
    seed: 3,
    inputs: 184,
    layers: [layer],
    lastActivation: 'none',
    bias: 'septenary',
    readout: null,
    steps: 1,
    input: 'random',
  });
  const { flash, assembly } = generateUnrolled(program);
  expect(flash).toBeGreaterThan(2 * 66_000);
  expect(assembly).toContain('model_step.layer0.block24:');
});

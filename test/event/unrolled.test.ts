// SPDX-License-Identifier: Apache-2.0
/** Columns that are reached by events, on the emulated chip against the reference: values, and cycles by their events. */
import { describe, expect, test } from 'vitest';
import { eventCycles } from '../../compiler/codegen/kernels/events/costs.ts';
import { EventLayer } from '../../compiler/codegen/kernels/events/layer.ts';
import { generateUnrolled, planUnrolled } from '../../compiler/codegen/kernels/unrolled/unrolled.ts';
import { cellOf } from '../../compiler/core/program/cells/index.ts';
import { keepsOutputs } from '../../compiler/core/program/layout.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { StepChip } from '../support/chips/step-chip.ts';
import { lacking } from '../support/needs.ts';
import { Random } from '../support/random.ts';
import { type EventCase, type EventSpec, eventCase, eventSpecs, OUTPUTS } from './programs.ts';

/** Enough for blocks that the search has moved rows between. */
const EFFORT = 2e4;

/** Columns of each layer whose value was sent at a step: of pulses, those that are not 0. */
function eventsOf(program: Program, before: readonly Int32Array[], now: readonly Int32Array[]): number[][] {
  const sent = (index: number, at: readonly Int32Array[], first: number): number[] => {
    const layer = program.layers[index];
    const values = at[index];
    if (layer === undefined || values === undefined) return [];
    const pulses = cellOf(layer).pulses?.(layer) === true;
    return [...values].flatMap((y, i) => (y !== (pulses ? 0 : before[index]?.[i]) ? [first + i] : []));
  };
  return program.layers.map(({ inputs }, index) => [
    ...sent(index - 1, now, 0),
    // Events of the step before, of held values against the one before that.
    ...(memory[index] ?? []).map((unit) => inputs + unit),
  ]);
}
let memory: number[][] = [];

async function compare({ program, features, steps }: EventCase, seed: number): Promise<Set<string>> {
  const generated = generateUnrolled(program, { effort: EFFORT });
  const layers = planUnrolled(program, EFFORT);
  const chip = await StepChip.create(program, EFFORT);
  const inputs = program.layers[0]?.inputs ?? 0;
  const random = new Random(seed);
  const network = new Network(program);
  const ways = new Set<string>();
  memory = program.layers.map(() => []);
  let before = program.layers.map(({ units }) => new Int32Array(units));
  for (let step = 0; step < steps; step++) {
    const x = features.slice(step * inputs, (step + 1) * inputs);
    network.step(x);
    const interrupts =
      step % 2 === 0 ? [] : Array.from({ length: 9 }, () => random.between(0, generated.min));
    const result = chip.step(x, interrupts);
    const kept = program.layers.flatMap((layer, i) =>
      keepsOutputs(layer) ? [...(network.outputs[i] ?? [])] : [],
    );
    expect([...result.outputs], `step ${step}`).toEqual([...kept, ...network.logits]);
    const now = network.outputs.map((values) => Int32Array.from(values));
    const events = eventsOf(program, before, now);
    layers.forEach(({ own }, index) => {
      if (!(own instanceof EventLayer) || interrupts.length > 0) return;
      const at = chip.sections.findIndex(({ label }) => label === `model_step.layer${index}`);
      const { min, max } = eventCycles(own.costs, events[index] ?? [], step > 0);
      const cycles = result.sections[at] ?? 0;
      if (cellOf(program.layers[index] ?? { type: '' }).recurrent) expect(min).toBe(max);
      expect(cycles, `layer ${index}, step ${step}`).toBeGreaterThanOrEqual(min);
      expect(cycles, `layer ${index}, step ${step}`).toBeLessThanOrEqual(max);
      const { groups } = own.costs;
      for (const { sources, breakEven } of groups) {
        const count = sources.reduce(
          (sum, { first, cycles: all }) =>
            sum + (events[index] ?? []).filter((c) => c >= first && c < first + all.length).length,
          0,
        );
        if (sources.length > 0) ways.add(count > breakEven ? 'all' : count > 0 ? 'events' : 'none');
      }
    });
    if (interrupts.length === 0) {
      for (const [i, { label, min, max }] of chip.sections.entries()) {
        expect(result.sections[i], label).toBeGreaterThanOrEqual(min);
        expect(result.sections[i], label).toBeLessThanOrEqual(max);
      }
    }
    memory = program.layers.map((layer, i) =>
      [...(now[i] ?? [])].flatMap((y, unit) =>
        cellOf(layer).isEvent?.(layer, y, before[i]?.[unit] ?? 0) === true ? [unit] : [],
      ),
    );
    before = now;
  }
  return ways;
}

describe.skipIf(lacking('arm'))('random programs on the chip', () => {
  test.each(eventSpecs(2, 20261130))('$outputs.0, thresholds $thresholds', async (spec) => {
    const ways = await compare(eventCase(spec), spec.seed);
    expect(ways.size).toBeGreaterThan(0);
  });

  const wide: EventSpec = {
    ...{ seed: 9, inputs: 40, units: [47, 30], delta: true, thresholds: 'random', weights: 'mixed' },
    ...{ outputs: OUTPUTS, dense: true, steps: 12 },
  };
  test('many blocks: rows of jumps beyond the reach of an offset, and each way is taken', async () => {
    const ways = await compare(eventCase({ ...wide, inputs: 4, units: [83, 89], steps: 6 }), 3);
    expect([...ways].sort()).toContain('all');
    expect([...ways].sort()).toContain('events');
  });
});

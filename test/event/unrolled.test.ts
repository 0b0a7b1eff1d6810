// SPDX-License-Identifier: Apache-2.0
/** Columns that are reached by events, on the emulated chip against the reference: values, and cycles by their events. */
import { describe, expect, test } from 'vitest';
import { type EventCosts, eventCycles, type Memory } from '../../compiler/codegen/kernels/events/costs.ts';
import { EventLayer } from '../../compiler/codegen/kernels/events/layer.ts';
import { generateUnrolled, planUnrolled } from '../../compiler/codegen/kernels/unrolled/unrolled.ts';
import { blend, gate, softsign, subtractThreshold } from '../../compiler/core/fixed/fixed.ts';
import type { EventEgruLayer } from '../../compiler/core/program/cells/event-egru.ts';
import { cellOf } from '../../compiler/core/program/cells/index.ts';
import { keepsOutputs } from '../../compiler/core/program/layout.ts';
import type { Layer, Program } from '../../compiler/core/program/program.ts';
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

/** What a layer knows of its steps so far. */
class Past {
  readonly #layer: Layer;
  readonly #states: Int32Array;
  #valid = false;
  #cached = false;
  #rest = false;

  constructor(layer: Layer) {
    this.#layer = layer;
    this.#states = new Int32Array(layer.units);
  }

  memory({ groups }: EventCosts): Memory {
    const keeps = groups.some(({ store }) => store > 0);
    return { valid: this.#valid, cached: this.#cached || !keeps, rest: this.#rest };
  }

  step(
    costs: EventCosts,
    events: readonly number[],
    sums: readonly Int32Array[],
    sent: ArrayLike<number>,
  ): void {
    const { cached } = this.memory(costs);
    const kept = costs.groups.filter(({ store }) => store > 0).flatMap(({ sources }) => sources);
    const changes = kept.some(({ first, cycles }) =>
      events.some((c) => c >= first && c < first + cycles.length),
    );
    this.#cached = events.length === 0 || (this.#cached && this.#valid && !changes);
    this.#valid = true;
    let isMoved = false;
    const [z, g] = sums;
    this.#states.forEach((h, i) => {
      const c = blend(h, gate(z?.[i] ?? 0), softsign(g?.[i] ?? 0));
      isMoved ||= c !== h;
      const { reset, threshold } = this.#layer as EventEgruLayer;
      const takes = reset === 'subtract' && sent[i] !== 0;
      this.#states[i] = takes ? subtractThreshold(c, threshold[i] ?? 0) : c;
    });
    this.#rest = events.length === 0 && cached && !isMoved;
  }
}

async function compare({ program, features, steps }: EventCase, seed: number): Promise<Set<string>> {
  const generated = generateUnrolled(program, { effort: EFFORT });
  const layers = planUnrolled(program, EFFORT);
  const chip = await StepChip.create(program, EFFORT);
  const inputs = program.layers[0]?.inputs ?? 0;
  const random = new Random(seed);
  const network = new Network(program);
  const ways = new Set<string>();
  memory = program.layers.map(() => []);
  const past = program.layers.map((layer) => new Past(layer));
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
      const { costs } = own;
      const memory = past[index]?.memory(costs) ?? { valid: false, cached: false, rest: false };
      const { min, max } = eventCycles(costs, events[index] ?? [], memory);
      if (costs.still !== null && memory.cached && events[index]?.length === 0)
        ways.add(memory.rest ? 'asleep' : 'still');
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
    layers.forEach(({ own }, index) => {
      if (own instanceof EventLayer)
        past[index]?.step(
          own.costs,
          events[index] ?? [],
          network.accumulators[index] ?? [],
          now[index] ?? [],
        );
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
  /** Inputs of a step stay for so many. */
  const STAY = 9;
  test.each(OUTPUTS)(
    'steps without events, states that move on and such that rest: $output, $signed',
    async (output) => {
      const ways = new Set<string>();
      for (const seed of [1, 2, 3]) {
        const spec: EventSpec = { ...wide, seed, inputs: 5, units: [7, 13], outputs: [output], steps: 12 };
        const one = eventCase({ ...spec, thresholds: seed === 1 ? 'silent' : 'random' });
        const held = Array.from({ length: STAY * spec.steps }, (_, t) => {
          const first = spec.inputs * Math.floor(t / STAY);
          return [...one.features.subarray(first, first + spec.inputs)];
        });
        const features = Int16Array.from(held.flat());
        for (const way of await compare({ ...one, features, steps: STAY * spec.steps }, seed)) ways.add(way);
      }
      expect([...ways].sort()).toEqual(expect.arrayContaining(['asleep', 'events', 'still']));
    },
  );

  test('many blocks: rows of jumps beyond the reach of an offset, and each way is taken', async () => {
    const ways = await compare(eventCase({ ...wide, inputs: 4, units: [83, 89], steps: 6 }), 3);
    expect([...ways].sort()).toContain('all');
    expect([...ways].sort()).toContain('events');
  });
});

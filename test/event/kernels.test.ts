// SPDX-License-Identifier: Apache-2.0
/** Cells that send events in C, on the host and on the emulated chip, against the reference; about 20 s. */
import { afterEach, describe, expect, test } from 'vitest';
import { Network } from '../../compiler/core/sim/network.ts';
import { Simulator } from '../../compiler/core/sim/simulator.ts';
import { ChipExecutor } from '../../compiler/machines/execute/chip.ts';
import type { ClipResult, Executor } from '../../compiler/machines/execute/executor.ts';
import { HostExecutor } from '../../compiler/machines/execute/host.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';
import { bench } from '../../compiler/report/bench/bench.ts';
import { estimateKernel } from '../../compiler/report/measure/estimate.ts';
import { lacking } from '../support/needs.ts';
import { compareOnHosts } from './hosts.ts';
import { eventCase, eventSpecs, OUTPUTS, THRESHOLDS } from './programs.ts';

const cases = eventSpecs(4, 20261129).map(eventCase);

test('random programs fire, stay silent, and meet their thresholds', () => {
  const shares = eventSpecs(4, 20261129).map((spec) => {
    const { program, features, steps } = eventCase(spec);
    const network = new Network(program);
    let fired = 0;
    let met = 0;
    for (let step = 0; step < steps; step++) {
      network.step(features.subarray(step * spec.inputs, (step + 1) * spec.inputs));
      const first = network.outputs[spec.delta ? 1 : 0] ?? [];
      fired += first.filter((y) => y !== 0).length / first.length / steps;
      if (step === 0) met = first.filter((y) => y === 0).length;
    }
    return { kind: spec.thresholds, fired, met };
  });
  const of = (kind: string) => shares.filter((one) => one.kind === kind);
  expect(of('silent').every(({ fired }) => fired === 0)).toBe(true);
  expect(of('firing').some(({ fired }) => fired > 0.9)).toBe(true);
  expect(of('met').some(({ met, fired }) => met > 0 && fired > 0)).toBe(true);
});

compareOnHosts(cases);

const open: Executor[] = [];
afterEach(async () => {
  for (const machine of open.splice(0)) await machine.close();
});

describe.skipIf(lacking('arm', 'build')).each([{ kernel: 'packed' }, { kernel: 'unrolled' }] as const)(
  '$kernel kernel on the emulated chip',
  ({ kernel }) => {
    // All outputs in one program, with thresholds of every kind.
    const programs = eventSpecs(1, 5, 30)
      .slice(0, THRESHOLDS.length)
      .map((spec) => ({ ...spec, units: [9, 30, 4, 17, 8], outputs: OUTPUTS, weights: 'mixed' as const }))
      .filter(({ thresholds }) => thresholds !== 'silent');

    test.each(programs)('thresholds: $thresholds', async (spec) => {
      const { program, features } = eventCase({ ...spec, delta: true });
      const chip = await ChipExecutor.create(program, { kernel });
      open.push(chip);
      const clips = [{ file: 'clip', samples: features }];
      const report = await verify(program, clips, new ReferenceExecutor(program), [chip]);
      expect(report).toMatchObject({ clips: 1, steps: spec.steps, differences: 0, first: null });
      const { cyclesMin = 0, cyclesMax = 0 } = estimateKernel(program, kernel);
      const { cycles, calls } = chip.statistics.step;
      expect(cycles / calls).toBeGreaterThan(cyclesMin);
      expect(cycles / calls).toBeLessThan(cyclesMax);
    });
  },
);

test.skipIf(lacking('build'))(
  'the unrolled kernel as C on the host',
  async () => {
    const wanted = eventSpecs(1, 31, 9).filter(({ thresholds }) => thresholds !== 'silent');
    for (const spec of wanted.filter((_, i) => i % 3 === 0)) {
      const { program, features } = eventCase({ ...spec, units: [7, 4], delta: true });
      const host = await HostExecutor.create(program, { kernel: 'unrolled', sanitize: true });
      open.push(host);
      const clips = [{ file: 'clip', samples: features }];
      const report = await verify(program, clips, new ReferenceExecutor(program), [host]);
      expect(report).toMatchObject({ clips: 1, steps: spec.steps, differences: 0, first: null });
    }
  },
  60_000,
);

test.skipIf(lacking('arm', 'build'))(
  'bench counts events, and states what 99 of 100 steps stay within',
  async () => {
    const spec = eventSpecs(1, 5, 12)[0];
    if (spec === undefined) throw new Error('there is a specification');
    const { program, features, steps } = eventCase({ ...spec, delta: true, dense: true, units: [6] });
    const { kernels, events } = await bench(program, [features, features], {
      kernels: ['packed', 'unrolled'],
    });
    expect(kernels.map(({ name }) => name)).toEqual(['packed', 'unrolled']);
    const [{ cyclesPerStep = 0, cyclesPerStep99 = 0, cyclesPerStepMax = 0 } = {}] = kernels;
    expect(cyclesPerStep99).toBeGreaterThan(cyclesPerStep);
    expect(cyclesPerStep99).toBeLessThanOrEqual(cyclesPerStepMax);
    const network = new Network(program);
    let sent = 0;
    let before = new Int32Array(spec.inputs);
    for (let step = 0; step < steps; step++) {
      network.step(features.subarray(step * spec.inputs, (step + 1) * spec.inputs));
      const now = Int32Array.from(network.outputs[0] ?? []);
      sent += now.filter((x, i) => x !== before[i]).length;
      before = now;
    }
    expect(events[0]).toBeCloseTo(sent / steps, 9);
    expect(events.at(-1)).toBe(null);
  },
);

describe('a difference', () => {
  const spec = eventSpecs(1, 3).find(
    ({ outputs, thresholds }) => outputs[0]?.output === 'hold' && thresholds === 'random',
  );
  if (spec === undefined) throw new Error('there is such a specification');
  const { program, features } = eventCase({ ...spec, inputs: 5, units: [6], delta: true, dense: true });
  const width = 5 + 5 + 6 + (program.layers.at(-1)?.units ?? 0);
  /** The reference with another value at one place of its trace. */
  const spoilt = (at: number, change: (value: number, before: number) => number): Executor => ({
    name: 'host',
    kernel: 'packed',
    run: async (samples) =>
      samples.map((clip): ClipResult => {
        const result = new Simulator(program).run(clip, true);
        const trace = Int32Array.from(result.trace ?? []);
        trace[at] = change(trace[at] ?? 0, trace[at - width] ?? 0);
        return { ...result, trace };
      }),
    listen: async () => [],
    close: async () => {},
  });
  const reference = new Simulator(program).run(features, true).trace ?? new Int32Array(0);
  const moves = (step: number, unit: number) => {
    const at = step * width + 10 + unit;
    return reference[at] !== reference[at - width];
  };
  const places = [2, 3, 4, 5].flatMap((step) => [0, 1, 2, 3, 4, 5].map((unit) => [step, unit] as const));
  const firing = places.find(([step, unit]) => moves(step, unit)) ?? [0, 0];
  const first = async (step: number, unit: number, change: (value: number, before: number) => number) => {
    const clips = [{ file: 'clip', samples: features }];
    const machine = spoilt(step * width + 10 + unit, change);
    return (await verify(program, clips, new ReferenceExecutor(program), [machine])).first;
  };

  test('of the value of an event, and of a missing event, with clip, step, layer and unit', async () => {
    const [step, unit] = firing;
    const place = { clip: 'clip', step, layer: 1, name: 'gru0', unit };
    expect(await first(step, unit, (value) => value + 1)).toMatchObject({ ...place, what: 'value' });
    expect(await first(step, unit, (_, before) => before)).toMatchObject({ ...place, what: 'event' });
  });
});

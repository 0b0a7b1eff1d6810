// SPDX-License-Identifier: Apache-2.0
/** The event-based GRU in C, on the host and on the emulated chip, against the reference; about 20 s. */
import { afterEach, describe, expect, test } from 'vitest';
import { SIGMOID_TABLE, sigmoidQ15, tanhQ15 } from '../../compiler/core/fixed/sigmoid.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { ChipExecutor } from '../../compiler/machines/execute/chip.ts';
import type { Executor } from '../../compiler/machines/execute/executor.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';
import { estimateAll } from '../../compiler/report/measure/estimate.ts';
import { lacking } from '../support/needs.ts';
import { gruCase, gruSpecs } from './gru-programs.ts';
import { compareOnHosts } from './hosts.ts';

const cases = gruSpecs(80, 20261130).map((spec) => gruCase(spec));

describe('sigmoid and tanh', () => {
  test('come from the table that is stated', () => {
    const table = Array.from({ length: 353 }, (_, i) => Math.round(65536 / (1 + Math.exp(-i / 32))));
    expect([...SIGMOID_TABLE]).toEqual(table.map((value) => Math.min(value, 65535)));
  });

  test('are monotone, and within 1.5 and 2.6 units of 2^-15 of what they mean', () => {
    let [worst, worstTanh, before, falls] = [0, 0, 0, 0];
    for (let a = -13 * 4096; a <= 13 * 4096; a++) {
      const value = sigmoidQ15(a);
      if (value < before) falls++;
      before = value;
      worst = Math.max(worst, Math.abs(value - 32768 / (1 + Math.exp(-a / 4096))));
      worstTanh = Math.max(worstTanh, Math.abs(tanhQ15(a) - 32768 * Math.tanh(a / 4096)));
    }
    expect(falls).toBe(0);
    expect(worst).toBeLessThan(1.5);
    expect(worstTanh).toBeLessThan(2.6);
    expect([sigmoidQ15(-(2 ** 30)), sigmoidQ15(2 ** 30), tanhQ15(2 ** 29), tanhQ15(-(2 ** 29))]).toEqual([
      0, 32767, 32767, -32767,
    ]);
  });
});

test('random programs fire and stay silent', () => {
  const fired = cases.map(({ program, features, steps }) => {
    const network = new Network(program);
    const inputs = program.layers[0]?.inputs ?? 0;
    let events = 0;
    for (let step = 0; step < steps; step++) {
      network.step(features.subarray(step * inputs, (step + 1) * inputs));
      events += network.outputs[0]?.filter((y) => y !== 0).length ?? 0;
    }
    return events / steps / (program.layers[0]?.units ?? 1);
  });
  expect(fired.some((share) => share === 0)).toBe(true);
  expect(fired.some((share) => share > 0.5)).toBe(true);
  expect(fired.filter((share) => share > 0 && share < 0.5).length).toBeGreaterThan(10);
});

compareOnHosts(cases);

const open: Executor[] = [];
afterEach(async () => {
  for (const machine of open.splice(0)) await machine.close();
});

describe.skipIf(lacking('arm', 'build'))('packed kernel on the emulated chip', () => {
  const specs = gruSpecs(2, 9).map((spec, i) => ({
    ...spec,
    units: [21, 10],
    inputs: 13,
    readout: i % 2 === 0 ? ('trace' as const) : ('last' as const),
  }));

  test.each(specs)('thresholds: $thresholds, readout $readout', async (spec) => {
    const { program, features, steps } = gruCase(spec);
    const chip = await ChipExecutor.create(program, { kernel: 'packed' });
    open.push(chip);
    const clips = [{ file: 'clip', samples: features }];
    const report = await verify(program, clips, new ReferenceExecutor(program), [chip]);
    expect(report).toMatchObject({ clips: 1, steps, differences: 0, first: null });
    const { cyclesMin = 0, cyclesMax = 0 } = estimateAll(program)[0] ?? {};
    const { cycles, calls } = chip.statistics.step;
    expect(cycles / calls).toBeGreaterThan(cyclesMin);
    expect(cycles / calls).toBeLessThan(cyclesMax);
  });
});

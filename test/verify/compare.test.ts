// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { DenseLayer } from '../../compiler/core/program/cells/dense.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { Simulator } from '../../compiler/core/sim/simulator.ts';
import type { ClipResult, Executor, ExecutorName } from '../../compiler/machines/execute/executor.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';

const matrix = (rows: number, columns: number) => ({
  rows,
  columns,
  codes: new Uint8Array(rows * columns),
  bias: new Int32Array(rows),
  min: new Int32Array(rows),
  max: new Int32Array(rows),
});
const dense = (name: string, inputs: number, units: number, activation: 'relu' | 'none'): DenseLayer => ({
  type: 'dense',
  name,
  inputs,
  units,
  activation,
  matrix: matrix(units, inputs),
});
const program: Program = {
  version: 1,
  name: 'two-layers',
  labels: ['a', 'b', 'c'],
  source: { file: 'none', sha256: '' },
  quantizer: 'code',
  bias: 'septenary',
  frontend: null,
  layers: [dense('first', 2, 4, 'relu'), dense('second', 4, 3, 'none')],
  readout: { steps: 3, rule: 'sum' },
};
const clips = [
  { file: 'one.wav', samples: Int16Array.of(1, 2, 3, 4, 5, 6) },
  { file: 'two.wav', samples: Int16Array.of(6, 5, 4, 3, 2, 1) },
];

/** A machine that computes what the reference does, and then spoils it. */
function machine(name: ExecutorName, spoil: (clip: number, result: ClipResult) => ClipResult): Executor {
  const simulator = new Simulator(program);
  return {
    name,
    kernel: name === 'reference' ? null : 'packed',
    run: async (samples, trace) => samples.map((clip, i) => spoil(i, simulator.run(clip, trace))),
    listen: async () => [],
    close: async () => {},
  };
}
const honest = (name: ExecutorName) => machine(name, (_, result) => result);
const at = (result: ClipResult, index: number, delta: number) => {
  const trace = Int32Array.from(result.trace ?? []);
  trace[index] = (trace[index] ?? 0) + delta;
  return { ...result, trace };
};
const width = 2 + 4 + 3;

describe('verify', () => {
  test('finds nothing where nothing differs', async () => {
    const report = await verify(program, clips, honest('reference'), [honest('host'), honest('chip')]);
    expect(report).toEqual({
      executors: ['reference', 'host', 'chip'],
      kernels: ['packed'],
      clips: 2,
      steps: 6,
      differences: 0,
      first: null,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('names clip, step, layer, unit of one integer', async () => {
    const chip = machine('chip', (clip, result) => (clip === 1 ? at(result, 2 * width + 2 + 3, 7) : result));
    const report = await verify(program, clips, honest('reference'), [honest('host'), chip]);
    expect(report.differences).toBe(1);
    expect(report.first).toEqual({
      clip: 'two.wav',
      step: 2,
      layer: 0,
      name: 'first',
      unit: 3,
      expected: 3,
      got: 10,
      executor: 'chip',
      kernel: 'packed',
    });
  });

  test('reports the earliest place whichever machine it is on', async () => {
    const host = machine('host', (_, result) => at(result, width + 2 + 4 + 1, 1));
    const chip = machine('chip', (_, result) => at(result, width + 2 + 1, 1));
    const report = await verify(program, clips, honest('reference'), [host, chip]);
    expect(report.differences).toBe(4);
    expect(report.first).toMatchObject({ clip: 'one.wav', step: 1, layer: 0, unit: 1, executor: 'chip' });
  });

  test('sees wrong features, wrong scores and missing steps', async () => {
    const features = machine('chip', (_, result) => at(result, 1, -1));
    expect((await verify(program, clips, honest('reference'), [features])).first).toMatchObject({
      layer: -1,
      name: 'features',
      unit: 1,
    });
    const scores = machine('chip', (_, result) => ({ ...result, scores: result.scores.map((s) => s + 1) }));
    expect((await verify(program, clips, honest('reference'), [scores])).first).toMatchObject({
      layer: 2,
      name: 'scores',
      step: 2,
    });
    const label = machine('chip', (_, result) => ({ ...result, label: result.label + 1 }));
    expect(await verify(program, clips, honest('reference'), [label])).toMatchObject({
      differences: 2,
      first: { layer: 2, name: 'label', step: 2, unit: 0 },
    });
    const short = machine('chip', (_, result) => ({
      ...result,
      steps: 2,
      trace: result.trace?.subarray(0, 2 * width) ?? null,
    }));
    const report = await verify(program, clips, honest('reference'), [short]);
    expect(report.differences).toBe(2 * width);
    expect(report.first).toMatchObject({ step: 2, layer: -1, unit: 0, got: null });
  });

  test('counts all, or stops early when asked', async () => {
    const many = Array.from({ length: 130 }, (_, i) => ({
      file: `${i}.wav`,
      samples: clips[0]?.samples ?? new Int16Array(6),
    }));
    const wrong = () => machine('host', (_, result) => at(result, 0, 1));
    expect(await verify(program, many, honest('reference'), [wrong()])).toMatchObject({
      clips: 130,
      differences: 130,
    });
    expect(await verify(program, many, honest('reference'), [wrong()], { failFast: true })).toMatchObject({
      clips: 64,
    });
  });
});

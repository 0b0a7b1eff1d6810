// SPDX-License-Identifier: Apache-2.0
/** Checkpoints of the EvNN library: from their tensors to a program, what is refused, and how near the integers are. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../compiler/core/library.ts';
import type { EventGruLayer } from '../../compiler/core/program/cells/event-gru.ts';
import { programFromJson, programToJson } from '../../compiler/core/program/program-json.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { allWeights } from '../../compiler/core/weights/all-readers.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { inspectProgram } from '../../compiler/report/inspect/inspection.ts';
import { type EventGruNet, forwardEventGru } from '../../compiler/training/train/reference/event-gru.ts';
import { sigmoid } from '../../compiler/training/train/reference/gru.ts';
import { safetensorsBytes } from '../../compiler/training/train/safetensors.ts';
import { refusal } from '../model/folder.ts';
import { Random } from '../support/random.ts';
import { lackingRecordings, vectorsFile } from '../support/shared.ts';
import { gruCase, gruSpecs } from './gru-programs.ts';

const GRU = { type: 'event-gru', name: 'gru', inputs: 3, units: 5 };

function modelJson(layers: readonly object[], labels: number, weights: string, more: object = {}): string {
  const names = Array.from({ length: labels }, (_, i) => `label ${i}`);
  return JSON.stringify({ format: 1, name: 'events', labels: names, weights, layers, ...more });
}

/** A random net as EvNN has it: float32 tensors. */
function netOf(seed: number, inputs: number, units: number, zoneout = 0): EventGruNet {
  const random = new Random(seed);
  const numbers = (n: number, size: number) =>
    Float64Array.from({ length: n }, () => Math.fround((size * random.between(-10000, 10000)) / 10000));
  return {
    ...{ inputs, units, zoneout },
    kernel: numbers(inputs * 3 * units, 1.3),
    recurrent: numbers(units * 3 * units, 0.9),
    bias: numbers(3 * units, 0.6),
    recurrentBias: numbers(3 * units, 0.6),
    threshold: numbers(units, 0.4).map((value) => Math.abs(value)),
  };
}

type Values = readonly number[] | Float64Array;

/** The tensors of a net under EvNN's names. */
function saved(net: EventGruNet, change: Record<string, Values | null> = {}, prefix = ''): Uint8Array {
  const columns = 3 * net.units;
  const tensors: Record<string, Values | null> = {
    kernel: net.kernel,
    recurrent_kernel: net.recurrent,
    bias: net.bias,
    recurrent_bias: net.recurrentBias,
    dampening_factor: [0.7],
    pseudo_derivative_support: [1],
    thr: net.threshold,
    ...change,
  };
  const list = Object.entries(tensors).flatMap(([name, values]) => {
    if (values === null) return [];
    const shape = name.endsWith('kernel') ? [values.length / columns, columns] : [values.length];
    return [{ name: `${prefix}${name}`, shape, values: Float32Array.from(values) }];
  });
  return safetensorsBytes(list, {});
}

const build = (layer: object, weights: Uint8Array, more: object = {}) =>
  buildProgram({ json: modelJson([layer], 5, 'w.safetensors', more), weights, readers: allWeights });
const gruOf = (layer: object, weights: Uint8Array) => build(layer, weights).layers[0] as EventGruLayer;
const net = netOf(3, 3, 5);

describe('a layer', () => {
  test('has bytes of the finest power of two, and thresholds in [0, 1]', () => {
    const thr = [-0.25, 0.25, 1.5, 1, 0];
    const { kernel, threshold, bias } = {
      ...gruOf({ ...GRU, prefix: '' }, saved(net, { thr })),
      bias: net.bias,
    };
    expect([...threshold]).toEqual([0, 8192, 32767, 32767, 0]);
    const largest = Math.max(...net.kernel.map(Math.abs));
    expect(Math.round(largest * 2 ** kernel.shift)).toBeLessThanOrEqual(127);
    expect(Math.round(largest * 2 ** (kernel.shift + 1))).toBeGreaterThan(127);
    expect(kernel.weights[4]).toBe(Math.floor((net.kernel[4] ?? 0) * 2 ** kernel.shift + 0.5));
    expect(kernel.bias[2]).toBe(Math.floor((bias[2] ?? 0) * 2 ** (15 + kernel.shift) + 0.5));
  });

  test('takes its tensors under its name, or under a prefix', () => {
    const plain = gruOf({ ...GRU, prefix: '' }, saved(net));
    expect(gruOf(GRU, saved(net, {}, 'gru.'))).toEqual(plain);
    const deep = { ...GRU, prefix: 'rnn.rnns.0.rnn.' };
    expect(gruOf(deep, saved(net, {}, 'rnn.rnns.0.rnn.'))).toEqual(plain);
  });

  test('of version 0.1 has the sigmoid of thr_reparam', () => {
    const reparam = { thr: null, thr_reparam: [-2, 0, 2, -40, 40] };
    const { threshold } = gruOf({ ...GRU, prefix: '' }, saved(net, reparam));
    expect([...threshold]).toEqual([3906, 16384, 28862, 0, 32767]);
  });

  test('is written to program.json, which comes back as it was, and shown by inspect', () => {
    const schema = new Ajv2020({ strict: true }).compile(
      JSON.parse(readFileSync(packagePath('docs', 'program.schema.json'), 'utf8')),
    );
    for (const spec of gruSpecs(6, 4)) {
      const { program } = gruCase(spec);
      const text = programToJson(program);
      expect(schema(JSON.parse(text)), JSON.stringify(schema.errors)).toBe(true);
      expect(programFromJson(text, 'program.json')).toEqual(program);
    }
    const { layers } = inspectProgram(build({ ...GRU, prefix: '' }, saved(net)));
    expect(layers[0]).toMatchObject({ type: 'event-gru', activation: 'last', weights: 120, codeBytes: 120 });
  });
});

describe('what is refused, in one line', () => {
  const path = 'model/w.safetensors';
  test.each<[object, Record<string, Values | null>, string]>([
    [{}, { thr_reparam: [0, 0, 0, 0, 0] }, `${path}: holds both "thr" and "thr_reparam"`],
    [{}, { thr: null }, `${path}: holds neither "thr" nor "thr_reparam"`],
    [
      {},
      { thr: [0, 0, Number.NaN, 0, 0] },
      `${path}: tensor "thr" holds NaN; weights are finite (index [2])`,
    ],
    [{}, { thr: [0, 0] }, `${path}: tensor "thr": model.json needs shape [5], found [2]`],
    [{}, { kernel: [...net.kernel].fill(200, 0, 1) }, `${path}: tensor "kernel" holds 200 and "bias"`],
    [{ zoneout: 1 }, {}, 'model/model.json: must be below 1, found 1 (at layers[0].zoneout)'],
    [{ zoneout: -0.1 }, {}, 'model/model.json: must be a number from 0 to 1, found -0.1'],
    [{ readout: 'first' }, {}, 'model/model.json: must be "last" or "trace" or "mean", found "first"'],
    [{ readout: 'mean' }, {}, 'model/model.json: must be "sum", which layer "gru" needs, found "last"'],
  ])('%o %o', (layer, tensors, problem) => {
    const more = { readout: { steps: 4, rule: 'last' } };
    const message = refusal('', () => build({ ...GRU, prefix: '', ...layer }, saved(net, tensors), more));
    expect(message).toContain(problem);
    expect(message.length).toBeLessThanOrEqual(200);
  });
});

test('most events of the integers are those of floating point, and states are near', () => {
  const [inputs, units, steps] = [8, 24, 60];
  for (const [seed, zoneout] of [
    [1, 0],
    [2, 0],
    [3, 0.15],
  ] as const) {
    const one = netOf(seed, inputs, units, zoneout);
    const random = new Random(seed + 50);
    const features = Int16Array.from({ length: steps * inputs }, () => random.between(-32768, 32767));
    const run = forwardEventGru(
      one,
      Float64Array.from(features, (value) => value / 32768),
    );
    const layer = { ...GRU, inputs, units, prefix: '', zoneout };
    const json = modelJson([layer], units, 'w.safetensors');
    const network = new Network(buildProgram({ json, weights: saved(one), readers: allWeights }));
    let [agree, both, error] = [0, 0, 0];
    for (let t = 0; t < steps; t++) {
      network.step(features.subarray(t * inputs, (t + 1) * inputs));
      network.outputs[0]?.forEach((y, i) => {
        const event = run.o[t * units + i] === 1;
        if ((y !== 0) === event) agree++;
        if (y === 0 || !event) return;
        both++;
        error += Math.abs(y / 32768 - (run.y[t * units + i] ?? 0));
      });
    }
    expect(agree / steps / units).toBeGreaterThan(0.95);
    expect(error / both).toBeLessThan(0.02);
  }
});

describe('checkpoints of EvNN', () => {
  const CHECKPOINT = vectorsFile('event', 'evnn-0.2.pt');
  const FORWARD = vectorsFile('event', 'event-gru-forward.json');
  const read = (name: string, layers: readonly object[], labels: number, more: object = {}) =>
    buildProgram({
      json: modelJson(layers, labels, name, more),
      weights: readFileSync(vectorsFile('event', name)),
      readers: allWeights,
    });
  const bare = { ...GRU, prefix: '' };

  test.skipIf(lackingRecordings(FORWARD))('hold the tensors of the nets that they were made from', () => {
    interface Nets {
      readonly nets: readonly {
        readonly name: string;
        readonly inputs: number;
        readonly units: number;
        readonly tensors: {
          readonly kernel: readonly (readonly number[])[];
          readonly thr?: readonly number[];
          readonly thr_reparam?: readonly number[];
        };
      }[];
    }
    const { nets } = JSON.parse(readFileSync(FORWARD, 'utf8')) as Nets;
    for (const [file, name] of [
      ['evnn-0.2.pt', 'plain'],
      ['evnn-0.1.pt', 'reparam'],
      ['evnn-0.2-edges.pt', 'edges'],
    ] as const) {
      const one = nets.find((other) => other.name === name);
      if (one === undefined) throw new Error(`no net ${name}`);
      const { inputs, units, tensors } = one;
      const layer = read(file, [{ ...bare, inputs, units }], units).layers[0] as EventGruLayer;
      const thr =
        tensors.thr?.map((value) => Math.max(0, Math.min(value, 1))) ?? tensors.thr_reparam?.map(sigmoid);
      expect([...layer.threshold]).toEqual(
        thr?.map((value) => Math.min(32767, Math.floor(value * 32768 + 0.5))),
      );
      const weights = tensors.kernel.flat();
      layer.kernel.weights.forEach((byte, i) => {
        expect(Math.abs(byte / 2 ** layer.kernel.shift - (weights[i] ?? 0))).toBeLessThanOrEqual(
          0.5 / 2 ** layer.kernel.shift,
        );
      });
    }
  });

  test.skipIf(lackingRecordings(CHECKPOINT))('of a classifier are read with the prefix of its layer', () => {
    const layers = [
      { ...GRU, prefix: 'rnn.rnns.0.rnn.', readout: 'trace' },
      { type: 'dense', name: 'hidden2out', inputs: 5, units: 4, activation: 'none' },
    ];
    const readout = { steps: 12, rule: 'last' };
    const program = read('evnn-0.2-classifier.pt', layers, 4, { readout });
    expect(program.layers.map(({ type }) => type)).toEqual(['event-gru', 'dense']);
  });

  test.skipIf(lackingRecordings(CHECKPOINT))('that are broken are refused', () => {
    const refused = (name: string) => refusal('', () => read(name, [bare], 5));
    expect(refused('bad-both-thresholds.pt')).toBe(
      'model/bad-both-thresholds.pt: holds both "thr" and "thr_reparam"',
    );
    expect(refused('bad-no-threshold.pt')).toBe(
      'model/bad-no-threshold.pt: holds neither "thr" nor "thr_reparam"',
    );
    expect(refused('bad-nan-threshold.pt')).toContain(
      'tensor "thr" holds NaN; weights are finite (index [2])',
    );
    expect(refused('bad-shape.pt')).toContain(
      '"recurrent_kernel": model.json needs shape [5, 15], found [5, 14]',
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
/**
 * Event-based GRU in double precision: against an independent implementation (../shared), and, without it, against finite
 * differences and dense back-propagation.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  backEventGru,
  type EventGruDerivatives,
  type EventGruNet,
  forwardEventGru,
} from '../../compiler/training/train/reference/event-gru.ts';
import { sigmoid } from '../../compiler/training/train/reference/gru.ts';
import { Random } from '../support/random.ts';
import { lackingRecordings, vectorsFile } from '../support/shared.ts';

type Rows = readonly (readonly number[])[];
interface Tensors {
  readonly kernel: Rows;
  readonly recurrent_kernel: Rows;
  readonly bias: readonly number[];
  readonly recurrent_bias: readonly number[];
  readonly thr?: readonly number[];
  readonly thr_reparam?: readonly number[];
}
interface Case {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly zoneout: number;
  readonly tensors: Tensors;
  readonly x: Rows;
  readonly mask?: Rows | null;
  readonly tolerance: number;
}

const flat = (rows: Rows) => Float64Array.from(rows.flat());
const clamp = (value: number) => Math.max(0, Math.min(value, 1));

function netOf({ inputs, units, zoneout, tensors, mask }: Case): EventGruNet {
  const { thr, thr_reparam } = tensors;
  const net = {
    ...{ inputs, units, zoneout },
    kernel: flat(tensors.kernel),
    recurrent: flat(tensors.recurrent_kernel),
    bias: Float64Array.from(tensors.bias),
    recurrentBias: Float64Array.from(tensors.recurrent_bias),
    threshold: Float64Array.from(thr?.map(clamp) ?? thr_reparam?.map(sigmoid) ?? []),
  };
  return mask ? { ...net, mask: Uint8Array.from(mask.flat()) } : net;
}

function near(got: Float64Array, expected: Float64Array, tolerance: number, what: string): void {
  expect(got.length, what).toBe(expected.length);
  got.forEach((value, i) => {
    const truth = expected[i] ?? 0;
    const error = Math.abs(value - truth) / Math.max(1, Math.abs(truth));
    if (!(error <= tolerance)) expect({ what, i, value }).toEqual({ what, i, value: truth });
  });
}

const FORWARD = vectorsFile('event', 'event-gru-forward.json');
const GRADIENTS = vectorsFile('event', 'event-gru-gradients.json');

describe('against an independent implementation', () => {
  test.skipIf(lackingRecordings(FORWARD))('states, events, outputs and traces of every step', () => {
    interface Net extends Case {
      readonly expected: Readonly<Record<'c' | 'o' | 'y' | 'h' | 'trace', Rows>>;
    }
    const { nets } = JSON.parse(readFileSync(FORWARD, 'utf8')) as { nets: Net[] };
    expect(nets.length).toBeGreaterThan(3);
    for (const net of nets) {
      const run = forwardEventGru(netOf(net), flat(net.x));
      expect([...run.o], net.name).toEqual(net.expected.o.flat());
      for (const key of ['c', 'y', 'h', 'trace'] as const)
        near(run[key], flat(net.expected[key]), net.tolerance, `${net.name} ${key}`);
    }
  });

  test.skipIf(lackingRecordings(GRADIENTS))('gradients, and the operations that sparsity leaves', () => {
    interface Gradients extends Case {
      readonly dampening: number;
      readonly support: number;
      readonly weights: Readonly<Record<'dy' | 'dh' | 'do' | 'dtrace', Rows>>;
      readonly gradients: Tensors & { readonly x: Rows };
      readonly macs: {
        readonly dense: { readonly dy: number; readonly dR: number };
        readonly sparse: { readonly dy: number; readonly dR: number };
        readonly unitVisits: number;
      };
    }
    const { cases } = JSON.parse(readFileSync(GRADIENTS, 'utf8')) as { cases: Gradients[] };
    expect(cases.length).toBeGreaterThan(3);
    cases.forEach((one, index) => {
      const net = netOf(one);
      const x = flat(one.x);
      const { dy, dh, do: dO, dtrace } = one.weights;
      const d = { y: flat(dy), h: flat(dh), o: flat(dO), trace: flat(dtrace) };
      const run = forwardEventGru(net, x);
      for (const sparse of [true, false]) {
        const got = backEventGru(net, x, run, d, one, sparse);
        const name = `case ${index}`;
        near(got.kernel, flat(one.gradients.kernel), one.tolerance, `${name} kernel`);
        near(got.recurrent, flat(one.gradients.recurrent_kernel), one.tolerance, `${name} recurrent`);
        near(got.bias, Float64Array.from(one.gradients.bias), one.tolerance, `${name} bias`);
        const recurrentBias = Float64Array.from(one.gradients.recurrent_bias);
        near(got.recurrentBias, recurrentBias, one.tolerance, `${name} recurrent bias`);
        const thresholds = Float64Array.from(one.gradients.thr ?? []);
        near(got.threshold, thresholds, one.tolerance, `${name} thresholds`);
        near(got.x, flat(one.gradients.x), one.tolerance, `${name} x`);
        expect({ name, macs: got.macs }).toEqual({ name, macs: sparse ? one.macs.sparse : one.macs.dense });
        if (sparse) expect(got.unitVisits).toBe(one.macs.unitVisits);
      }
    });
  });
});

describe('a random net', () => {
  const [inputs, units, steps] = [3, 6, 9];
  const random = new Random(77);
  const numbers = (n: number, size: number) =>
    Float64Array.from({ length: n }, () => (size * random.between(-1000, 1000)) / 1000);
  const net: EventGruNet = {
    ...{ inputs, units, zoneout: 0.1 },
    kernel: numbers(inputs * 3 * units, 1),
    recurrent: numbers(units * 3 * units, 0.8),
    bias: numbers(3 * units, 0.5),
    recurrentBias: numbers(3 * units, 0.5),
    threshold: numbers(units, 0.2).map((value) => Math.abs(value)),
  };
  const x = numbers(steps * inputs, 2);
  const d: EventGruDerivatives = {
    y: numbers(steps * units, 1),
    h: numbers(steps * units, 1),
    o: new Float64Array(steps * units),
    trace: numbers(steps * units, 1),
  };
  const loss = (one: EventGruNet, features: Float64Array) => {
    const run = forwardEventGru(one, features);
    const dot = (a: Float64Array, b: Float64Array) =>
      a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    return dot(run.y, d.y) + dot(run.h, d.h) + dot(run.trace, d.trace);
  };

  test('fires in part, and sparse gradients are the dense ones with fewer operations', () => {
    const run = forwardEventGru(net, x);
    const activity = run.o.reduce((sum, o) => sum + o, 0) / run.o.length;
    expect(activity).toBeGreaterThan(0.1);
    expect(activity).toBeLessThan(0.9);
    const surrogate = { dampening: 0.7, support: 5 };
    const [sparse, dense] = [true, false].map((one) => backEventGru(net, x, run, d, surrogate, one));
    expect(sparse?.recurrent).toEqual(dense?.recurrent);
    near(sparse?.kernel ?? x, dense?.kernel ?? x, 1e-14, 'kernel');
    expect(sparse?.macs.dy).toBeLessThan(dense?.macs.dy ?? 0);
    expect(sparse?.macs.dR).toBeLessThan(dense?.macs.dR ?? 0);
  });

  test('gradients are finite differences where no event moves (without a surrogate)', () => {
    const run = forwardEventGru(net, x);
    const got = backEventGru(net, x, run, d, { dampening: 0, support: 1 });
    const step = 1e-6;
    for (const key of ['kernel', 'recurrent', 'bias', 'recurrentBias', 'threshold'] as const) {
      for (let i = 0; i < net[key].length; i += 5) {
        const moved = (by: number) =>
          loss({ ...net, [key]: net[key].map((value, k) => (k === i ? value + by : value)) }, x);
        const slope = (moved(step) - moved(-step)) / (2 * step);
        expect(Math.abs(slope - (got[key][i] ?? 0)), `${key} ${i}`).toBeLessThan(1e-6);
      }
    }
  });
});

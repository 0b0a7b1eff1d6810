// SPDX-License-Identifier: Apache-2.0
/** Real-time recurrent learning on random nets of both cells: the gradient is that of back-propagation, in every form. */
import { describe, expect, test } from 'vitest';
import type { RtrlCell } from '../../compiler/training/rtrl/cell.ts';
import { eventEgru } from '../../compiler/training/rtrl/event-egru.ts';
import { eventGru } from '../../compiler/training/rtrl/event-gru.ts';
import { FORMS, Rtrl } from '../../compiler/training/rtrl/rtrl.ts';
import { networkOf } from '../../compiler/training/train/network.ts';
import { eventEgruLayer } from '../../compiler/training/train/reference/event-egru.ts';
import { backEventGru, forwardEventGru } from '../../compiler/training/train/reference/event-gru.ts';
import type { EventEgruShape, PlacedLayer } from '../../compiler/training/train/shapes.ts';
import { Random } from '../support/random.ts';
import { expectNear, gradientOf, numbers, type RandomNet, randomNet } from './nets.ts';
import { slopeOf } from './tangents.ts';

const NETS = 60;
const TOLERANCE = 1e-9;
const forms = Object.entries(FORMS);

/** Nets of every density, pruned ones included. */
function* nets(seed: number, cell: RtrlCell): Generator<[Random, RandomNet]> {
  for (let i = 0; i < NETS; i++) {
    const random = new Random(seed + i);
    yield [random, randomNet(random, cell, random.pick([0, 0.1, 0.5, 1]))];
  }
}

function derivatives(random: Random, { net, steps }: RandomNet): [Float64Array, Float64Array] {
  return [numbers(random, steps * net.units, 1), numbers(random, steps * net.units, 1)];
}

test.each([0, 0.2])('event-gru, zoneout %s: as back-propagation through time', (zoneout) => {
  for (const [random, one] of nets(100, eventGru(zoneout))) {
    const { net, parameters, x } = one;
    const [dy, dh] = derivatives(random, one);
    const { inputs, units, mask } = net;
    const [kernel, recurrent] = [inputs * 3 * units, units * 3 * units];
    const cut = (from: number, size: number) => parameters.slice(from, from + size);
    const reference = {
      ...{ inputs, units, zoneout, kernel: cut(0, kernel), recurrent: cut(kernel, recurrent) },
      bias: cut(kernel + recurrent, 3 * units),
      recurrentBias: cut(kernel + recurrent + 3 * units, 3 * units),
      threshold: cut(kernel + recurrent + 6 * units, units),
    };
    const zeros = new Float64Array(dy.length);
    const d = { y: dy, h: dh, o: zeros, trace: zeros };
    const back = backEventGru(reference, x, forwardEventGru(reference, x), d, net.surrogate);
    const parts = [back.kernel, back.recurrent, back.bias, back.recurrentBias, back.threshold];
    const truth = Float64Array.from(parts.flatMap((part) => [...part])).map((value, i) =>
      mask?.[i] === 0 ? 0 : value,
    );
    for (const [name, form] of forms) {
      expectNear(gradientOf(new Rtrl(net, form), one, dy, dh), truth, TOLERANCE, name);
    }
  }
});

test('event-egru: as back-propagation through time', () => {
  for (const [random, one] of nets(300, eventEgru())) {
    const { net, parameters, steps, x } = one;
    const [dy] = derivatives(random, one);
    const { inputs, units, mask, surrogate } = net;
    const shape: EventEgruShape = { type: 'event-egru', name: 'g', inputs, units, surrogate, threshold: 0 };
    const network = networkOf([shape]);
    const layer = eventEgruLayer(network.layers[0] as PlacedLayer<EventEgruShape>);
    const truth = new Float64Array(network.size);
    layer(parameters, x, new Float64Array(), steps).back(dy, truth);
    mask?.forEach((kept, i) => {
      if (kept === 0) truth[i] = 0;
    });
    for (const [name, form] of forms) {
      expectNear(gradientOf(new Rtrl(net, form), one, dy), truth, TOLERANCE, name);
    }
  }
});

test.each(['pulse', 'hold'] as const)(
  'event-egru, %s: as derivatives carried beside every number',
  (output) => {
    for (const [random, one] of nets(500, eventEgru(output))) {
      const [dy, dh] = derivatives(random, one);
      for (const [name, form] of forms) {
        const got = gradientOf(new Rtrl(one.net, form), one, dy, dh);
        for (let i = 0; i < got.length; i += random.between(1, 12)) {
          const slope = one.net.mask?.[i] === 0 ? 0 : slopeOf(one, i, dy, dh);
          const error = Math.abs((got[i] ?? 0) - slope) / Math.max(1, Math.abs(slope));
          expect(error, `${name} ${i}`).toBeLessThan(TOLERANCE);
        }
      }
    }
  },
);

describe('what is computed', () => {
  const random = new Random(5);
  const one = { ...randomNet(random, eventGru(), 0.3), steps: 40 };
  const { net, parameters } = one;
  const x = numbers(random, one.steps * net.inputs, 2);
  const [dy, dh] = derivatives(random, one);
  const run = (rtrl: Rtrl) => gradientOf(rtrl, { ...one, x }, dy, dh);

  test('is less in every sparser form, and least in both', () => {
    const macs = forms.map(([, form]) => {
      const rtrl = new Rtrl(net, form);
      run(rtrl);
      return rtrl.count.macs;
    });
    const [dense = 0, activity = 0, weights = 0, both = 0] = macs;
    expect(dense).toBe(one.steps * net.units ** 2 * parameters.length);
    expect(activity).toBeLessThan(dense);
    expect(weights).toBeLessThan(dense);
    expect(both).toBeLessThan(Math.min(activity, weights));
  });

  test.each([
    ['event-gru', eventGru()],
    ['event-egru, hold', eventEgru('hold')],
  ])('begins again after a reset, with the same bits: %s', (_, cell) => {
    const random = new Random(6);
    const one = randomNet(random, cell, 0.5);
    const [dy, dh] = derivatives(random, one);
    for (const [name, form] of forms) {
      const rtrl = new Rtrl(one.net, form, { trace: true });
      const first = gradientOf(rtrl, one, dy, dh, dy);
      expect(first.some((value) => value !== 0)).toBe(true);
      expect(gradientOf(rtrl, one, dy, dh, dy), name).toEqual(first);
    }
  });
});

describe('memory', () => {
  test('is refused with its size before anything is allocated', () => {
    const large = { cell: eventGru(), inputs: 64, units: 16384, surrogate: { dampening: 0.7, support: 1 } };
    expect(() => new Rtrl(large)).toThrow(
      /^RTRL of 64 inputs and 16384 units: its Jacobian has 2 x 16384 x 808566784 numbers, 212\.0 TB of /,
    );
  });

  test('is that of the form, and the limit is exact', () => {
    const { net } = randomNet(new Random(8), eventGru(), 0.3);
    const { bytes } = new Rtrl(net).memory;
    expect(new Rtrl(net, FORMS.both, { limit: bytes }).memory.bytes).toBe(bytes);
    expect(() => new Rtrl(net, FORMS.both, { limit: bytes - 1 })).toThrow(/prune more weights/);
    expect(new Rtrl(net, FORMS.dense).memory.bytes).toBeGreaterThan(bytes);
  });
});

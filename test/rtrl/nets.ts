// SPDX-License-Identifier: Apache-2.0
/** Random nets of both cells, and what their gradients are compared with. */
import { expect } from 'vitest';
import type { RtrlCell } from '../../compiler/training/rtrl/cell.ts';
import { type RtrlNet, sizeOf } from '../../compiler/training/rtrl/layout.ts';
import type { Rtrl } from '../../compiler/training/rtrl/rtrl.ts';
import type { Random } from '../support/random.ts';

export function numbers(random: Random, count: number, size: number): Float64Array {
  return Float64Array.from({ length: count }, () => (size * random.between(-1e6, 1e6)) / 1e6);
}

export interface RandomNet {
  readonly net: RtrlNet;
  readonly parameters: Float64Array;
  readonly steps: number;
  /** steps x inputs. */
  readonly x: Float64Array;
}

/** @param density share of the weights that are kept */
export function randomNet(random: Random, cell: RtrlCell, density: number): RandomNet {
  const [inputs, units, steps] = [random.between(1, 4), random.between(1, 9), random.between(1, 14)];
  const tensors = cell.tensors(inputs, units);
  const mask = new Uint8Array(sizeOf(tensors)).fill(1);
  const parameters = new Float64Array(mask.length);
  let offset = 0;
  for (const { name, size, prunable } of tensors) {
    for (let i = offset; i < offset + size; i++) {
      if (prunable && !random.chance(density)) mask[i] = 0;
      else parameters[i] = (random.between(-1e6, 1e6) / 1e6) * (prunable ? 1.5 : 0.6);
      if (name === 'threshold') parameters[i] = random.between(0, 3e5) / 1e6;
    }
    offset += size;
  }
  const surrogate = { dampening: random.pick([0.7, 1.4]), support: random.pick([1, 3, 8]) };
  const net = { cell, inputs, units, surrogate, ...(density < 1 ? { mask } : {}) };
  return { net, parameters, steps, x: numbers(random, steps * inputs, 2) };
}

/** Gradient of sum over steps of dy y + dh h + dTrace trace, steps x units each. */
export function gradientOf(
  rtrl: Rtrl,
  { net, parameters, steps, x }: RandomNet,
  dy: Float64Array,
  dh: Float64Array = new Float64Array(dy.length),
  dTrace: Float64Array = new Float64Array(dy.length),
): Float64Array {
  const { inputs, units } = net;
  rtrl.load(parameters);
  rtrl.reset();
  for (let t = 0; t < steps; t++) {
    rtrl.step(x, t * inputs);
    const of = (values: Float64Array) => values.subarray(t * units, (t + 1) * units);
    rtrl.addGradient({ y: of(dy), h: of(dh), trace: of(dTrace) });
  }
  const gradient = new Float64Array(rtrl.layout.size);
  rtrl.takeGradient(gradient);
  return gradient;
}

/** Absolute below 1, relative above. */
export function expectNear(got: Float64Array, expected: Float64Array, tolerance: number, what: string): void {
  expect(got.length, what).toBe(expected.length);
  got.forEach((value, i) => {
    const truth = expected[i] ?? Number.NaN;
    const error = Math.abs(value - truth) / Math.max(1, Math.abs(truth));
    if (!(error <= tolerance)) expect({ what, i, value }).toEqual({ what, i, value: truth });
  });
}

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { addPenalty, pruned, pruneThreshold, shareAt } from '../../compiler/training/train/optimize/prune.ts';
import { quantizeInto } from '../../compiler/training/train/quantizer.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { randomParameters, stack } from './networks.ts';

const network = stack('egru', 'dense');
const weights = network.tensors.filter(({ kind }) => kind === 'weight');
const count = weights.reduce((sum, { size }) => sum + size, 0);

function nonZero(values: Float32Array): number {
  let found = 0;
  for (const { offset, size } of weights) {
    for (const value of values.subarray(offset, offset + size)) if (value !== 0) found++;
  }
  return found;
}

it('the penalty has the slope of the sum of magnitudes, biases apart', () => {
  const parameters = Float32Array.from(randomParameters(network, new Random(6)));
  const gradient = new Float64Array(network.size).fill(0.5);
  addPenalty(network, parameters, gradient, 0.25);
  for (const { kind, offset, size } of network.tensors) {
    for (let i = offset; i < offset + size; i++) {
      const slope = kind === 'weight' ? 0.25 * Math.sign(parameters[i] ?? 0) : 0;
      expect(gradient[i]).toBe(0.5 + slope);
    }
  }
});

describe('the share of weights that are left', () => {
  it('falls from all to the wanted share along the ramp, and stays there', () => {
    const rules = { penalty: 0, nonZero: 0.35, ramp: 0.5 };
    expect(shareAt(rules, 0)).toBe(1);
    expect(shareAt(rules, 0.25)).toBeCloseTo(0.35 + 0.65 / 8, 12);
    for (const progress of [0.5, 0.75, 1, 2]) expect(shareAt(rules, progress)).toBe(0.35);
  });

  it.each([0.01, 0.35, 0.999, 1])('%d is met to the weight, the smallest go', (share) => {
    const parameters = Float32Array.from(randomParameters(network, new Random(3)));
    const threshold = pruneThreshold(network, parameters, share);
    const kept = pruned(network, parameters, threshold);
    expect(nonZero(kept)).toBe(Math.floor(share * count));
    kept.forEach((value, i) => {
      expect(value === parameters[i] || (value === 0 && Math.abs(parameters[i] ?? 0) < threshold)).toBe(true);
    });
    for (const { kind, offset, size } of network.tensors) {
      if (kind === 'bias') {
        const range = [offset, offset + size] as const;
        expect(kept.subarray(...range)).toEqual(parameters.subarray(...range));
      }
    }
  });

  it('takes equal weights away together', () => {
    const parameters = new Float32Array(network.size).fill(0.5);
    expect(nonZero(pruned(network, parameters, pruneThreshold(network, parameters, 0.35)))).toBe(0);
  });

  it('is the same for passes and for the file', () => {
    const parameters = Float32Array.from(randomParameters(network, new Random(4), 1.1));
    const rules = { quantizer: 'code', bias: 'septenary' } as const;
    const threshold = pruneThreshold(network, parameters, 0.5);
    const [passes, file] = [new Float32Array(network.size), new Float32Array(network.size)];
    quantizeInto(passes, parameters, network, rules, threshold);
    quantizeInto(file, pruned(network, parameters, threshold), network, rules);
    expect(passes).toEqual(file);
    expect(nonZero(passes)).toBeLessThanOrEqual(0.5 * count);
  });
});

// SPDX-License-Identifier: Apache-2.0
/** The straight-through rule: forward with levels, gradients as if the levels were the parameters. */
import { describe, expect, it } from 'vitest';
import { term } from '../../compiler/core/fixed/fixed.ts';
import { codeOf } from '../../compiler/core/quant/levels.ts';
import { levelOf, quantizeInto } from '../../compiler/training/train/quantizer.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { ReferenceTrainer } from '../../compiler/training/train/reference/trainer.ts';
import { randomClips, randomParameters, rulesOf, stack } from './networks.ts';

describe.each(['code', 'equation'] as const)('rule %s', (rule) => {
  it('gives the value that the chip multiplies with', () => {
    const random = new Random(1);
    const edges = [0.25, -0.25, 2 ** -0.5, 2 ** -1.5, 2 ** -2.5, 0.17, 1.2, -3, 0];
    for (const w of [...edges, ...Array.from({ length: 500 }, () => random.uniform(-1.3, 1.3))]) {
      expect(levelOf(w, rule) * 4096, String(w)).toBe(term(codeOf(w, rule), 4096) + 0);
    }
  });

  it('keeps biases at whole Q15 numbers or at levels', () => {
    const network = stack('egru');
    const parameters = randomParameters(network, new Random(2), 1.1);
    const used = new Float64Array(network.size);
    for (const bias of ['septenary', 'q15'] as const) {
      quantizeInto(used, parameters, network, { quantizer: rule, bias });
      for (const { kind, offset, size } of network.tensors) {
        for (let i = offset; i < offset + size; i++) {
          const value = used[i] ?? Number.NaN;
          if (kind === 'weight' || bias === 'septenary') {
            expect([0, 0.25, 0.5, 1]).toContain(Math.abs(value));
          } else {
            expect(Number.isInteger(value * 32768)).toBe(true);
            expect(Math.abs(value - (parameters[i] ?? 0))).toBeLessThanOrEqual(2 ** -16);
          }
        }
      }
    }
  });

  it('passes gradients straight through: those at the levels are those of the parameters', () => {
    const network = stack('egru', 'dense');
    const random = new Random(5);
    const parameters = randomParameters(network, random);
    const clips = randomClips(network, random, 2, 6, 1);
    const used = new Float64Array(network.size);
    quantizeInto(used, parameters, network, { quantizer: rule, bias: 'septenary' });
    const trainer = new ReferenceTrainer(network, rulesOf('sum'));
    const { gradients, loss } = trainer.batch(used, clips);
    // A parameter moved within its level changes nothing: the staircase itself has no slope to follow ...
    const moved = parameters.map((w) => (Math.abs(Math.abs(w) - 0.6) < 0.05 ? w + 0.01 : w));
    expect(moved).not.toEqual(parameters);
    quantizeInto(used, moved, network, { quantizer: rule, bias: 'septenary' });
    expect(trainer.batch(used, clips).loss).toBe(loss);
    // ... so the gradient that is handed on is the slope of the loss by the level, for every parameter.
    const i = network.tensors[0]?.offset ?? 0;
    const slope = (by: number) => {
      const copy = used.slice();
      copy[i] = (copy[i] ?? 0) + by;
      return trainer.batch(copy, clips).loss;
    };
    expect((slope(1e-5) - slope(-1e-5)) / 2e-5).toBeCloseTo(gradients[i] ?? Number.NaN, 8);
    expect(Math.abs(gradients[i] ?? 0)).toBeGreaterThan(1e-6);
  });
});

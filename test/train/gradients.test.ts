// SPDX-License-Identifier: Apache-2.0
/** The reference trainer's gradients against finite differences, quantization off. About a second. */
import { describe, expect, it } from 'vitest';
import type { TrainingReadout } from '../../compiler/training/train/loss.ts';
import { UNLABELLED } from '../../compiler/training/train/loss.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { ReferenceTrainer } from '../../compiler/training/train/reference/trainer.ts';
import { randomClips, randomParameters, rulesOf, stack } from './networks.ts';

const STEP = 1e-5;

function largestError(
  trainer: ReferenceTrainer,
  seed: number,
  labels: number,
): { error: number; norm: number } {
  const random = new Random(seed);
  const parameters = randomParameters(trainer.network, random);
  const clips = randomClips(trainer.network, random, 2, 5, labels);
  if (labels > 1) clips[0]?.labels.fill(UNLABELLED, 1, 3);
  const { gradients } = trainer.batch(parameters, clips);
  let error = 0;
  for (let i = 0; i < parameters.length; i++) {
    const moved = (by: number) => {
      const copy = parameters.slice();
      copy[i] = (copy[i] ?? 0) + by;
      return trainer.batch(copy, clips).loss;
    };
    // Five points: the error is O(STEP^4), far below the rounding of the loss.
    const slope = (8 * (moved(STEP) - moved(-STEP)) - (moved(2 * STEP) - moved(-2 * STEP))) / (12 * STEP);
    error = Math.max(error, Math.abs(slope - (gradients[i] ?? Number.NaN)));
  }
  return { error, norm: Math.hypot(...gradients) };
}

describe('gradients equal finite differences', () => {
  const stacks = [
    ['dense', stack('dense')],
    ['egru', stack('egru')],
    ['gru', stack('gru')],
    ['egru, egru, dense', stack('egru', 'egru', 'dense')],
    ['gru, gru, dense', stack('gru', 'gru', 'dense')],
  ] as const;
  const readouts: readonly TrainingReadout[] = ['sum', 'last', 'steps'];
  for (const [name, network] of stacks) {
    it.each(readouts)(`${name}, readout %s`, (readout) => {
      const trainer = new ReferenceTrainer(network, rulesOf(readout, { classWeights: [1, 0.5, 2] }));
      const { error, norm } = largestError(trainer, 7, readout === 'steps' ? 5 : 1);
      expect(norm).toBeGreaterThan(0.01);
      expect(error).toBeLessThan(1e-8);
    });

    it(`${name}, steps and the clip as a whole`, () => {
      const clip = { weight: 0.7, background: 1 };
      const [both, steps] = [rulesOf('steps', { clip, classWeights: [1, 0.5, 2] }), rulesOf('steps')].map(
        (rules) => largestError(new ReferenceTrainer(network, rules), 7, 5),
      );
      expect(both?.error).toBeLessThan(1e-8);
      expect(both?.norm).not.toBeCloseTo(steps?.norm ?? 0, 3);
    });
  }
});

describe('the ranges of the chip', () => {
  it('states stay in (-1, 1) and dense activations in [0, 1] whatever the weights', () => {
    const network = stack('egru', 'dense');
    const random = new Random(3);
    const trainer = new ReferenceTrainer(network, rulesOf('sum'));
    const parameters = randomParameters(network, random, 300);
    const [clip] = randomClips(network, random, 1, 20, 1);
    if (clip === undefined) throw new Error('there is a clip');
    // With every hidden activation in [0, 1], a logit lies between the sums of its negative and positive weights.
    const { logits } = trainer.forward(parameters, clip.features, clip.initial);
    const out = network.tensors.at(-2);
    const weights = parameters.subarray(out?.offset, (out?.offset ?? 0) + (out?.size ?? 0));
    const bias = parameters.subarray(network.size - 3);
    for (let k = 0; k < logits.length; k++) {
      const row = Array.from(weights.subarray((k % 3) * 3, (k % 3) * 3 + 3));
      const reach = row.reduce((sum, w) => sum + Math.max(0, w), bias[k % 3] ?? 0);
      const least = row.reduce((sum, w) => sum + Math.min(0, w), bias[k % 3] ?? 0);
      expect(logits[k]).toBeLessThanOrEqual(reach + 1e-9);
      expect(logits[k]).toBeGreaterThanOrEqual(least - 1e-9);
    }
  });
});

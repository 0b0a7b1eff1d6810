// SPDX-License-Identifier: Apache-2.0
/** Threads: the same bits whatever their number. About a second. */

import { describe, expect, it } from 'vitest';
import { Engine, newClips } from '../../compiler/training/train/engine/engine.ts';
import { type Network, networkOf } from '../../compiler/training/train/network.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { ReferenceTrainer } from '../../compiler/training/train/reference/trainer.ts';
import { lacking } from '../support/needs.ts';
import { PAPER, randomParameters, rulesOf, stack } from './networks.ts';

const STEPS = 8;
const CLIPS = 60;

/** Threads start from build/dist; without it, or with older files there, only the first test can run. */

function dataOf(network: Network) {
  const random = new Random(4);
  const clips = newClips(CLIPS, STEPS, network.inputs, 1);
  clips.features.forEach((_, i, all) => {
    all[i] = random.below(32768);
  });
  clips.labels.forEach((_, i, all) => {
    all[i] = random.below(network.outputs);
  });
  const parameters = Float32Array.from(randomParameters(network, random));
  const indices = Int32Array.from({ length: 40 }, () => random.below(CLIPS));
  const initial = Float32Array.from({ length: 40 * network.states }, () => random.uniform(-1, 1));
  return { clips, parameters, indices, initial };
}

describe('a batch of 40 clips', () => {
  it('has the loss and gradient of the reference, class weights included', () => {
    const network = stack('egru', 'dense');
    const rules = rulesOf('sum', { classWeights: [1, 3, 0.5] });
    const { clips, parameters, indices, initial } = dataOf(network);
    const engine = new Engine(network, rules, STEPS, clips, 64, 1);
    const gradient = new Float32Array(network.size);
    const { loss, correct } = engine.gradient(parameters, indices, initial, gradient);

    const size = STEPS * network.inputs;
    const truths = [...indices].map((clip) => clips.labels[clip] ?? -1);
    const total = truths.reduce((sum, label) => sum + (rules.classWeights[label] ?? 0), 0);
    const expected = new ReferenceTrainer(network, rules).batch(
      Float64Array.from(parameters),
      [...indices].map((clip, i) => ({
        features: Float64Array.from(
          clips.features.subarray(clip * size, (clip + 1) * size),
          (x) => x / 32768,
        ),
        labels: Int32Array.of(truths[i] ?? -1),
        initial: Float64Array.from(initial.subarray(i * network.states, (i + 1) * network.states)),
        share: 1 / total,
      })),
    );
    expect(loss).toBeCloseTo(expected.loss, 5);
    expect(correct).toBe(expected.correct);
    gradient.forEach((g, i) => {
      expect(g).toBeCloseTo(expected.gradients[i] ?? Number.NaN, 5);
    });
  });

  it.skipIf(lacking('build'))('is the same to the bit on 1, 2 and 3 threads (needs build/dist)', async () => {
    const network = networkOf(PAPER);
    const { clips, parameters, indices, initial } = dataOf(network);
    const runs = [];
    for (const threads of [1, 2, 3]) {
      const engine = new Engine(network, rulesOf('sum'), STEPS, clips, 64, threads);
      await engine.ready();
      expect(engine.threads).toBe(threads);
      const gradient = new Float32Array(network.size);
      let helped = 0;
      for (let i = 0; i < 30; i++) {
        // Other parameters in between: no thread may keep old ones.
        engine.gradient(
          parameters.map((w) => w * 0.5),
          indices.subarray(0, 33),
          initial,
          gradient,
        );
        const { loss } = engine.gradient(parameters, indices, initial, gradient);
        helped += engine.helped;
        runs.push({ loss, gradient: Buffer.from(gradient.slice().buffer).toString('hex') });
      }
      if (threads > 1) expect(helped, 'shards that other threads computed').toBeGreaterThan(0);
      await engine.close();
    }
    expect(new Set(runs.map(({ loss }) => loss)).size).toBe(1);
    expect(new Set(runs.map(({ gradient }) => gradient)).size).toBe(1);
  });

  it('is evaluated in pieces with the weights of the whole', () => {
    const network = stack('gru');
    const { clips, parameters } = dataOf(network);
    const all = Int32Array.from({ length: CLIPS }, (_, i) => i);
    const large = new Engine(network, rulesOf('last'), STEPS, clips, 64, 1).evaluate(parameters, all);
    const small = new Engine(network, rulesOf('last'), STEPS, clips, 16, 1).evaluate(parameters, all);
    expect(small.loss).toBeCloseTo(large.loss, 9);
    expect(small.correct).toBe(large.correct);
  });
});

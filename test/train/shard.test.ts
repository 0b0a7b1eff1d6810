// SPDX-License-Identifier: Apache-2.0
/** The fast passes against the reference trainer. About two seconds. */
import { describe, expect, it } from 'vitest';
import { ShardMachine } from '../../compiler/training/train/engine/shard.ts';
import type { TrainingReadout } from '../../compiler/training/train/loss.ts';
import { type Network, networkOf } from '../../compiler/training/train/network.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { type ReferenceClip, ReferenceTrainer } from '../../compiler/training/train/reference/trainer.ts';
import { PAPER, randomClips, randomParameters, rulesOf, stack } from './networks.ts';

/** Relative to the largest gradient: float32 sums of steps x 16 products. */
const TOLERANCE = 2e-5;

function arraysOf(clips: readonly ReferenceClip[], labelsPerClip: number) {
  const size = clips[0]?.features.length ?? 0;
  const features = new Int16Array(size * clips.length);
  for (const [i, clip] of clips.entries()) {
    features.set(
      clip.features.map((x) => x * 32768),
      i * size,
    );
  }
  return { features, labels: Int32Array.from(clips.flatMap((c) => [...c.labels])), labelsPerClip };
}

function compare(network: Network, readout: TrainingReadout, count: number, steps: number, size = 0.8): void {
  const random = new Random(11, count, steps);
  const parameters = randomParameters(network, random, size).map(Math.fround);
  const labelsPerClip = readout === 'steps' ? steps : 1;
  const clips = randomClips(network, random, count, steps, labelsPerClip);
  const rules = rulesOf(readout);
  const expected = new ReferenceTrainer(network, rules).batch(parameters, clips);

  const machine = new ShardMachine(network, rules, steps);
  machine.setParameters(Float32Array.from(parameters));
  const input = {
    clips: Int32Array.from({ length: count }, (_, i) => i),
    initial: Float32Array.from(clips.flatMap((c) => [...c.initial])),
    shares: Float32Array.from(clips, (c) => c.share),
  };
  // Twice: what the first run left in memory must not matter.
  machine.gradient(arraysOf(clips, labelsPerClip), input);
  const found = machine.gradient(arraysOf(clips, labelsPerClip), input);

  expect(Math.abs(found.loss - expected.loss)).toBeLessThan(1e-5 * expected.loss);
  expect(found.correct).toBeCloseTo(expected.correct, 9);
  const largest = expected.gradients.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  expect(largest).toBeGreaterThan(1e-3);
  for (const { name, offset, size: values } of network.tensors) {
    let error = 0;
    for (let i = offset; i < offset + values; i++) {
      error = Math.max(error, Math.abs((machine.gradients[i] ?? Number.NaN) - (expected.gradients[i] ?? 0)));
    }
    expect(error / largest, name).toBeLessThan(TOLERANCE);
  }
}

describe('loss and gradients equal those of the reference within float32', () => {
  const stacks = [
    ['dense', stack('dense')],
    ['egru', stack('egru')],
    ['gru', stack('gru')],
    ['egru, egru, dense', stack('egru', 'egru', 'dense')],
    ['gru, dense, gru', stack('gru', 'dense', 'gru')],
  ] as const;
  for (const [name, network] of stacks) {
    it.each<TrainingReadout>(['sum', 'last', 'steps'])(`${name}, readout %s`, (readout) => {
      compare(network, readout, 16, 6);
      compare(network, readout, 5, 7); // lanes without a clip
      compare(network, readout, 1, 1);
    });
  }
  it('accumulators far outside, where exp and softsign are flat', () => {
    compare(stack('egru'), 'sum', 16, 4, 40);
    compare(stack('gru'), 'sum', 16, 4, 15);
  });
  it("the paper's network over 64 steps", () => compare(networkOf(PAPER), 'sum', 16, 64, 0.5));
});

// SPDX-License-Identifier: Apache-2.0
/** Loudness and noise of computed features against those of samples. */
import { describe, expect, it } from 'vitest';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import type { FrontendDefinition } from '../../compiler/core/program/frontend-program.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { LevelAugment } from '../../compiler/training/train/augment/level.ts';
import { noise } from '../../compiler/training/train/augment/noise.ts';
import { Random } from '../../compiler/training/train/random.ts';

const FRAMES = 60;

function programOf(scale: 'log2' | 'linear') {
  const definition: FrontendDefinition = {
    ...{ sampleRate: 8000, frame: 128, hop: 128, window: 'hann', bins: 64, divisor: 9 },
    ...{ scale, gain: scale === 'log2' ? 8 : 0.1 },
  };
  return quantizeFrontend(definition);
}

function featuresOf(scale: 'log2' | 'linear', samples: Float64Array): Int16Array {
  const program = programOf(scale);
  const frontend = new Frontend(program);
  const pcm = Int16Array.from(samples, Math.round);
  const features = new Int16Array(FRAMES * 64);
  for (let t = 0; t < FRAMES; t++) frontend.frame(pcm, t * 128, features.subarray(t * 64, (t + 1) * 64));
  return features;
}

const mean = (values: Int16Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const power = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
const sound = noise('pink', FRAMES * 128, 8000, new Random(1));
const at = (level: number) => sound.map((value) => value * level);

describe('augmentation of features', () => {
  it.each(['log2', 'linear'] as const)('scales what the samples would have been scaled by, %s', (scale) => {
    const features = featuresOf(scale, at(3000));
    const expected = featuresOf(scale, at(300));
    new LevelAugment(programOf(scale), { low: -1, high: -1 }, null, new Random(2)).apply(
      features,
      new Random(3),
    );
    const errors = features.map((value, i) => Math.abs(value - (expected[i] ?? 0)));
    // Samples are rounded; the chip's own features are off by about a part in a thousand.
    expect(mean(errors)).toBeLessThan(0.01 * Math.max(300, mean(expected)));
  });

  it('adds noise as loud as noise is', () => {
    const rules = { level: { low: -1.5, high: -1.5 }, colours: ['white'] as const };
    const features = featuresOf('log2', at(0));
    const augment = new LevelAugment(programOf('log2'), { low: 0, high: 0 }, rules, new Random(2));
    augment.apply(features, new Random(3));
    const level = 32768 * 10 ** -1.5;
    const white = noise('white', FRAMES * 128, 8000, new Random(5)).map((value) => value * level);
    const expected = featuresOf('log2', white);
    expect(Math.abs(mean(features) / mean(expected) - 1)).toBeLessThan(0.02);
  });

  it('mixes in another sound as the sum of the samples has it', () => {
    const other = noise('white', FRAMES * 128, 8000, new Random(9)).map((value) => value * 1500);
    const [features, expected] = [
      featuresOf('log2', at(3000)),
      featuresOf(
        'log2',
        at(3000).map((value, i) => value + 0.5 * (other[i] ?? 0)),
      ),
    ];
    const decibels = 10 * Math.log10(4 * (power(at(3000)) / power(other)));
    const augment = new LevelAugment(programOf('log2'), { low: 0, high: 0 }, null, new Random(2));
    augment.mix(features, featuresOf('log2', other), decibels);
    expect(Math.abs(mean(features) / mean(expected) - 1)).toBeLessThan(0.06); // phases are left out
    expect(mean(features)).toBeGreaterThan(1.06 * mean(featuresOf('log2', at(3000))));
  });

  it('knows the features of digital silence', () => {
    const features = featuresOf('log2', at(1000));
    new LevelAugment(programOf('log2'), { low: 0, high: 0 }, null, new Random(2)).silence(
      features.subarray(64 * 10),
    );
    expect(features.subarray(64 * 10).every((value) => value === 0)).toBe(true);
    expect(mean(features.subarray(0, 64 * 10))).toBeGreaterThan(0);
  });

  it('is the same from the same stream of chance', () => {
    const rules = { level: { low: -4, high: -1 }, colours: ['white', 'brown'] as const };
    const augment = new LevelAugment(programOf('log2'), { low: -1, high: 0.5 }, rules, new Random(2));
    const [a, b, c] = [7, 7, 8].map((seed) => {
      const features = featuresOf('log2', at(1000));
      augment.apply(features, new Random(seed));
      return [...features];
    });
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });
});

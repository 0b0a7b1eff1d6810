// SPDX-License-Identifier: Apache-2.0
/** Augmentation: each part measured on its own, chance that follows the seed, features that follow the clip. 2 s. */

import { describe, expect, it } from 'vitest';
import { cutClip } from '../../compiler/core/audio/crop.ts';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { augment } from '../../compiler/training/train/augment/augment.ts';
import { renewFeatures, shareRecordings } from '../../compiler/training/train/augment/features.ts';
import features from '../../compiler/training/train/augment/features-task.ts';
import { effectiveLevel, noise } from '../../compiler/training/train/augment/noise.ts';
import { reverberate } from '../../compiler/training/train/augment/reverberation.ts';
import { type AugmentRules, NOTHING, RECIPE } from '../../compiler/training/train/augment/rules.ts';
import { atSpeed } from '../../compiler/training/train/augment/speed.ts';
import { newClips } from '../../compiler/training/train/engine/engine.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { sine } from '../audio/make-wav.ts';
import { lacking } from '../support/needs.ts';

const RATE = 8000;
const WINDOW = { frame: 128, hop: 128, steps: 64 };
const LENGTH = 64 * 128;

const level = (samples: ArrayLike<number>) => effectiveLevel(Float64Array.from(samples));

function run(samples: Int16Array, rules: Partial<AugmentRules>, seed = 1, backgrounds: Int16Array[] = []) {
  return augment(samples, RATE, WINDOW, { ...NOTHING, ...rules }, backgrounds, new Random(seed)).pcm;
}

/** Power at a frequency, by correlation. */
function powerAt(values: ArrayLike<number>, hertz: number): number {
  let [re, im] = [0, 0];
  for (let n = 0; n < values.length; n++) {
    const angle = (2 * Math.PI * hertz * n) / RATE;
    re += (values[n] ?? 0) * Math.cos(angle);
    im += (values[n] ?? 0) * Math.sin(angle);
  }
  return (re * re + im * im) / values.length;
}

describe('augmentation', () => {
  const tone = sine(500, 0.4, RATE);

  it('without any part is the window of the readout', () => {
    for (const seconds of [0.01, 0.4001, 1.0239, 1.5]) {
      const clip = sine(300, seconds, RATE);
      expect(run(clip, {})).toEqual(cutClip(clip, 128, 128, 64));
    }
  });

  it('follows its seed', () => {
    const all: AugmentRules = {
      ...RECIPE,
      noise: { level: { low: -3, high: -2 }, colours: ['white', 'pink', 'brown'] },
      background: { probability: 0.5, snr: { low: 0, high: 10 } },
      reverberation: { probability: 0.5, seconds: { low: 0.1, high: 0.4 }, wet: { low: 0.1, high: 0.5 } },
      clipping: { probability: 0.5, level: { low: 0.3, high: 0.9 } },
    };
    const ones = Array.from({ length: 12 }, (_, seed) => run(tone, all, seed, [tone]));
    expect(Array.from({ length: 12 }, (_, seed) => run(tone, all, seed, [tone]))).toEqual(ones);
    expect(new Set(ones.map((samples) => samples.join())).size).toBe(12);
    expect(ones.every((samples) => samples.length === LENGTH)).toBe(true);
  });

  it('shift: every position, and never a lost sample of a clip that fits', () => {
    const clip = new Int16Array(LENGTH - 7).fill(100);
    const begins = Array.from({ length: 200 }, (_, seed) => run(clip, { shift: true }, seed)).map(
      (samples) => {
        expect(samples.filter((value) => value === 100)).toHaveLength(LENGTH - 7);
        return samples.indexOf(100);
      },
    );
    expect([...new Set(begins)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const long = Int16Array.from({ length: LENGTH + 2 }, (_, n) => n);
    const first = Array.from({ length: 50 }, (_, seed) => run(long, { shift: true }, seed)[0]);
    expect([...new Set(first)].sort()).toEqual([0, 1, 2]);
  });

  it('gain: by powers of ten, saturated', () => {
    const louder = run(tone, { gain: { low: 0.25, high: 0.25 } });
    expect(level(louder) / level(run(tone, {}))).toBeCloseTo(10 ** 0.25, 3);
    expect(Math.max(...run(tone, { gain: { low: 2, high: 2 } }))).toBe(32767);
  });

  it('speed: pitch and length', () => {
    const fast = run(tone, { speed: { low: 1.14, high: 1.14 } });
    const loud = (samples: Int16Array) => {
      const here = (value: number) => Math.abs(value) > 1000;
      return samples.findLastIndex(here) - samples.findIndex(here);
    };
    expect(loud(run(tone, {})) / loud(fast)).toBeCloseTo(1.14, 2);
    expect(powerAt(fast, 570)).toBeGreaterThan(100 * powerAt(fast, 500));
  });

  it('speed: a sine stays a sine, 54 dB above what is added to it', () => {
    for (const speed of [0.88, 0.97, 1.05, 1.14]) {
      for (const hertz of [300, 1000, 2000, 3200]) {
        const sound = Float64Array.from({ length: 8000 }, (_, n) =>
          Math.sin((2 * Math.PI * hertz * n) / RATE),
        );
        const result = atSpeed(sound, speed).subarray(50, -50);
        // What is left once the sine of the new frequency is taken away.
        const angle = (n: number) => (2 * Math.PI * hertz * speed * n) / RATE;
        const part = (wave: (x: number) => number) =>
          result.reduce((sum, value, n) => sum + value * wave(angle(n)), 0) * (2 / result.length);
        const [a, b] = [part(Math.sin), part(Math.cos)];
        const rest = result.map((value, n) => value - a * Math.sin(angle(n)) - b * Math.cos(angle(n)));
        expect(20 * Math.log10(effectiveLevel(rest) / Math.SQRT1_2), `${hertz} Hz at ${speed}`).toBeLessThan(
          -54,
        );
      }
    }
  });

  it('noise: its level over the whole window', () => {
    for (const colour of ['white', 'pink', 'brown'] as const) {
      const rules = { noise: { level: { low: -2, high: -2 }, colours: [colour] } };
      expect(level(run(new Int16Array(1), rules)) / 327.68).toBeCloseTo(1, 2);
    }
  });

  it('colours: 0, -3 and -6 dB per octave', () => {
    const slope = (colour: 'white' | 'pink' | 'brown') => {
      const values = noise(colour, 1 << 17, RATE, new Random(5));
      // Power density around a frequency: mean over neighbouring bins.
      const density = (hertz: number) => {
        let sum = 0;
        for (let k = -25; k <= 25; k++) sum += powerAt(values, hertz * (1 + k / 500));
        return sum / 51;
      };
      return (10 * Math.log10(density(1600) / density(100))) / 4;
    };
    expect(Math.abs(slope('white'))).toBeLessThan(0.6);
    expect(Math.abs(slope('pink') + 3)).toBeLessThan(0.6);
    expect(Math.abs(slope('brown') + 6)).toBeLessThan(0.6);
  });

  it('background: at the ratio to the clip itself, not to its silence', () => {
    const other = sine(1000, 0.3, RATE, 0.9);
    const rules = { background: { probability: 1, snr: { low: 6, high: 6 } } };
    const plain = run(tone, {});
    const difference = run(tone, rules, 1, [other]).map((value, n) => value - (plain[n] ?? 0));
    expect(20 * Math.log10(level(tone) / level(difference))).toBeCloseTo(6, 1);
    expect(run(tone, rules, 1, [])).toEqual(run(tone, {}));
    expect(run(tone, { background: { ...rules.background, probability: 0 } }, 1, [other])).toEqual(
      run(tone, {}),
    );
  });

  it('reverberation: the sound itself, then reflections that decay as demanded', () => {
    const click = new Float64Array(10);
    click[0] = 1;
    const result = reverberate(click, RATE, 0.5, 0.4, new Random(2));
    expect(result[0]).toBe(1);
    expect(result.subarray(1, 12).every((value) => value === 0)).toBe(true);
    const energy = (from: number, to: number) =>
      result.subarray(from * RATE, to * RATE).reduce((s, v) => s + v * v, 0);
    expect(Math.sqrt(energy(1 / RATE, 1))).toBeCloseTo(0.4, 2);
    // 60 dB in 0.5 s: 12 dB in 0.1 s.
    expect(10 * Math.log10(energy(0.02, 0.07) / energy(0.12, 0.17))).toBeCloseTo(12, 0);
  });

  it('clipping: at a part of the peak', () => {
    const clipped = run(tone, { clipping: { probability: 1, level: { low: 0.5, high: 0.5 } } });
    expect(Math.max(...clipped) / Math.max(...tone)).toBeCloseTo(0.5, 3);
  });
});

describe('features', () => {
  const frontend = quantizeFrontend({
    sampleRate: RATE,
    frame: 128,
    hop: 128,
    window: 'hann',
    bins: 64,
    scale: 'log2',
    gain: 8,
    divisor: 9,
  });
  const recordings = Array.from({ length: 40 }, (_, i) => sine(200 + 50 * i, 0.2 + i / 40, RATE));
  const all = Int32Array.from(recordings, (_, i) => i);
  const initOf = (rules: AugmentRules | null, round = 0) => ({
    frontend,
    steps: 64,
    clips: shareRecordings(recordings),
    backgrounds: shareRecordings([]),
    rules,
    seed: 1,
    round,
    features: newClips(recordings.length, 64, 64, 1).features,
    others: [],
    labels: null,
  });

  it('without augmentation are those of the chip', async () => {
    const init = initOf(null);
    await renewFeatures(init, all);
    const machine = new Frontend(frontend);
    const expected = new Int16Array(64);
    for (const [clip, samples] of recordings.entries()) {
      const pcm = cutClip(samples, 128, 128, 64);
      for (let t = 0; t < 64; t++) {
        machine.frame(pcm, t * 128, expected);
        const start = (clip * 64 + t) * 64;
        expect(init.features.subarray(start, start + 64)).toEqual(expected);
      }
    }
  });

  it.skipIf(lacking('build'))(
    'are the same on several threads and on one, and new in every round (needs build/dist)',
    async () => {
      const [one, several, next] = [initOf(RECIPE), initOf(RECIPE), initOf(RECIPE, 1)];
      const here = features(one);
      for (const clip of all) here(clip);
      // Often enough that threads are worth it; what a clip becomes does not depend on how often.
      const often = Int32Array.from({ length: 160 }, (_, i) => i % all.length);
      await renewFeatures(several, often);
      await renewFeatures(next, often);
      expect(several.features).toEqual(one.features);
      expect(next.features).not.toEqual(one.features);
    },
  );
});

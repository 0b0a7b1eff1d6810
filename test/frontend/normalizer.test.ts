// SPDX-License-Identifier: Apache-2.0
/** The level that is subtracted from features: how it follows, where it starts, and that loudness goes away with it. */
import { describe, expect, test } from 'vitest';
import { follow, normalized } from '../../compiler/core/fixed/frontend-bands.ts';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import { Normalizer } from '../../compiler/core/frontend/normalizer.ts';
import { type NormalizerProgram, normalizerOf } from '../../compiler/core/program/frontend-program.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { Random } from '../support/random.ts';
import { definition } from './cases.ts';

const FRAME = { over: 'frame', rise: 0, fall: 8, floor: 11468, center: 16384, gain: 2 } as const;
const RULES: NormalizerProgram = normalizerOf(FRAME, 4);

describe('a level', () => {
  test('follows at once where rise is 0, and by 2^-fall of the distance downwards', () => {
    expect(follow(RULES, 0, 20000)).toBe(20000 << 12);
    expect(follow(RULES, 20000 << 12, 10000)).toBe((20000 << 12) - ((10000 << 12) >> 8));
  });

  test('stays between itself and the feature, for every rule', () => {
    const random = new Random(3);
    for (let i = 0; i < 20_000; i++) {
      const rules = { ...RULES, rise: random.between(0, 10), fall: random.between(0, 10) };
      const feature = random.pick([0, 1, 32767, random.between(0, 32767)]);
      const level = random.pick([0, 32767 << 12, random.between(0, 32767 << 12)]);
      const next = follow(rules, level, feature);
      expect(next).toBeGreaterThanOrEqual(Math.min(level, feature << 12));
      expect(next).toBeLessThanOrEqual(Math.max(level, feature << 12));
    }
  });

  test('reaches a constant feature: from above exactly, from below to a quarter of an LSB', () => {
    for (const rise of [0, 5, 10]) {
      const rules = { ...RULES, rise, fall: 10 };
      let [from, down] = [0, 32767 << 12];
      for (let i = 0; i < 40_000; i++)
        [from, down] = [follow(rules, from, 12345), follow(rules, down, 12345)];
      expect(down).toBe(12345 << 12);
      expect((12345 << 12) - from).toBeLessThan(1024);
    }
  });

  test('is not subtracted below the floor, and what remains is clipped', () => {
    expect(normalized(RULES, 0, 11468)).toBe(16384);
    expect(normalized(RULES, 0, 11468 + 8192)).toBe(32767);
    expect(normalized(RULES, 30000 << 12, 20000)).toBe(0);
    expect(normalized({ ...RULES, gainShift: 3, center: 0, floor: 0 }, 0, 32767)).toBe(32767);
    expect(normalized({ ...RULES, gainShift: 3, center: 0 }, 32767 << 12, 0)).toBe(0);
  });
});

test('one level follows the loudest feature, several each their own', () => {
  const one = new Normalizer(RULES);
  const features = Int16Array.of(12000, 20000, 19000, 0);
  one.apply(features);
  expect([...features]).toEqual([16384 - 16000, 16384, 16384 - 2000, 0]);
  const each = new Normalizer(normalizerOf({ ...FRAME, over: 'band' }, 4));
  const others = Int16Array.of(12000, 20000, 19000, 0);
  each.apply(others);
  expect([...others]).toEqual([16384, 16384, 16384, 0]);
});

test('reset() begins again, from the floor or from a level that is given', () => {
  const normalizer = new Normalizer(RULES);
  const run = () => {
    const features = Int16Array.of(12000, 11000, 0, 15000);
    normalizer.apply(features);
    return [...features];
  };
  const first = run();
  expect(first[3]).toBe(16384);
  normalizer.apply(Int16Array.of(30000, 0, 0, 0));
  expect(run()).not.toEqual(first);
  normalizer.reset();
  expect(run()).toEqual(first);
  normalizer.reset(20000);
  expect(run()[3]).toBeLessThan(16384 - 9000);
});

describe('loudness', () => {
  const bands = { scale: 'mel', from: 60, to: 4000 } as const;
  const f = definition({ bins: 32, gain: 4096, divisor: 18, bands, normalize: FRAME });

  /** Normalized features of a sound that swells and fades, with a peak of 10^(decibels / 20) of full scale. */
  function featuresAt(decibels: number): Float64Array {
    const frontend = new Frontend(quantizeFrontend(f));
    const random = new Random(9);
    const peak = 32767 * 10 ** (decibels / 20);
    const steps = 20;
    const pcm = Int16Array.from({ length: 128 * steps }, (_, n) => {
      const tone =
        0.7 * Math.sin(0.31 * n) + 0.25 * Math.sin(0.83 * n) + 0.05 * (random.between(-100, 100) / 100);
      return Math.round(peak * Math.sin((Math.PI * n) / (128 * steps)) * tone);
    });
    const features = new Int16Array(32 * steps);
    for (let t = 0; t < steps; t++) frontend.frame(pcm, 128 * t, features.subarray(32 * t, 32 * (t + 1)));
    return Float64Array.from(features, (value) => value / 32768);
  }

  test.each([-15, -25, -35])('at %i dBFS features are those at -5 dBFS within 0.02', (decibels) => {
    const loud = featuresAt(-5);
    const quiet = featuresAt(decibels);
    // The first two frames are below the floor in the quiet ones.
    const errors = Array.from(quiet.subarray(64), (value, i) => Math.abs(value - (loud[i + 64] ?? 0)));
    expect(Math.max(...errors)).toBeLessThan(0.02);
    expect(Math.max(...quiet)).toBeCloseTo(0.5, 3);
  });

  test('absolute features differ by far more', () => {
    const { normalize: _, ...absolute } = f;
    const frontend = new Frontend(quantizeFrontend(absolute));
    const [loud, quiet] = [new Int16Array(32), new Int16Array(32)];
    const pcm = Int16Array.from({ length: 128 }, (_, n) => Math.round(16000 * Math.sin(0.31 * n)));
    frontend.frame(pcm, 0, loud);
    frontend.frame(
      pcm.map((value) => value >> 5),
      0,
      quiet,
    );
    expect((Math.max(...loud) - Math.max(...quiet)) / 32768).toBeGreaterThan(0.2);
  });
});

// SPDX-License-Identifier: Apache-2.0
/** The integer feature extractor and its oracle on signals whose features are known. */
import { describe, expect, test } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import { melCorners } from '../../compiler/core/quant/bands.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { directMagnitudes, meydaMagnitudes, referenceFrame } from '../../compiler/report/oracle/oracle.ts';
import { Random } from '../support/random.ts';
import { definition, FRAMES, pcmFrames, programs } from './cases.ts';

function sine(frame: number, k: number): Int16Array {
  return Int16Array.from({ length: frame }, (_, n) =>
    Math.round(32767 * Math.cos((2 * Math.PI * k * n) / frame)),
  );
}

describe.each(FRAMES)('frames of %i samples', (frame) => {
  test("Meyda's spectrum equals the transform by its definition", () => {
    const random = new Random(frame);
    for (let i = 0; i < 10; i++) {
      const signal = Float64Array.from({ length: frame }, () => random.between(-32768, 32767) / 32768);
      const expected = directMagnitudes(signal);
      meydaMagnitudes(signal).forEach((magnitude, k) => {
        expect(magnitude).toBeCloseTo(expected[k] ?? Number.NaN, 10);
      });
    }
  });

  test('the oracle: a full-scale cosine on bin 8, rectangular window, is N / 2 there and 0 elsewhere', () => {
    const f = definition({ frame, window: 'rect', scale: 'linear', gain: 1 / 128 });
    const features = referenceFrame(f, sine(frame, 8), 0);
    features.forEach((value, k) => {
      expect(value).toBeCloseTo(k === 8 ? ((frame / 256) * 32767) / 32768 : 0, 4);
    });
  });

  test('silence is 0 before normalization, whatever the gain', () => {
    for (const program of programs().filter((one) => one.frame === frame)) {
      const features = new Int16Array(program.bins).fill(-1);
      new Frontend(program).absolute(new Int16Array(frame), 0, features);
      expect(new Set(features)).toEqual(new Set([0]));
    }
  });

  test('a feature is within 0 .. 32767 and close to its meaning, extremes included', () => {
    for (const scale of ['log2', 'linear'] as const) {
      const gain = scale === 'log2' ? 8 : 1 / 32;
      for (const window of ['hann', 'rect'] as const) {
        const f = definition({ frame, scale, gain, window, bins: frame / 2 + 1 });
        const frontend = new Frontend(quantizeFrontend(f));
        const features = new Int16Array(f.bins);
        for (const pcm of pcmFrames(frame, 60, 7)) {
          frontend.frame(pcm, 0, features);
          const meaning = referenceFrame(f, pcm, 0);
          const errors = Array.from(features, (value, k) => Math.abs(value / 32768 - (meaning[k] ?? 0)));
          expect(Math.min(...features)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...errors)).toBeLessThan(scale === 'log2' ? 0.015 : 2 ** -11);
        }
      }
    }
  });

  test('a frame inside a longer recording is the frame alone', () => {
    const program = quantizeFrontend(definition({ frame, hop: 1 }));
    const frontend = new Frontend(program);
    const pcm = sine(3 * frame, 31);
    const [inside, alone] = [new Int16Array(program.bins), new Int16Array(program.bins)];
    for (const offset of [0, 1, frame + 7, 2 * frame]) {
      frontend.frame(pcm, offset, inside);
      frontend.frame(pcm.slice(offset, offset + frame), 0, alone);
      expect(inside).toEqual(alone);
    }
    expect(() => frontend.frame(pcm, 2 * frame + 1, inside)).toThrow(RangeError);
    expect(() => frontend.frame(pcm, -1, inside)).toThrow(RangeError);
    expect(() => frontend.frame(pcm, 0, new Int16Array(program.bins - 1))).toThrow(RangeError);
  });
});

test('bands are within 0.025 of their meaning, the worst being 72 dB below a tone at full scale', () => {
  const bands = { scale: 'mel', from: 60, to: 4000 } as const;
  for (const [frame, bins] of [
    [64, 20],
    [128, 32],
    [256, 40],
  ] as const) {
    const f = definition({ frame, bins, bands });
    const frontend = new Frontend(quantizeFrontend(f));
    const features = new Int16Array(bins);
    for (const pcm of pcmFrames(frame, 60, 7)) {
      frontend.frame(pcm, 0, features);
      const meaning = referenceFrame(f, pcm, 0);
      const errors = Array.from(features, (value, k) => Math.abs(value / 32768 - (meaning[k] ?? 0)));
      expect(Math.max(...errors)).toBeLessThan(0.025);
    }
  }
});

test('every band holds a bin, and corners are evenly spaced in mel', () => {
  for (const [frame, bins] of [
    [64, 32],
    [128, 40],
    [256, 16],
  ] as const) {
    const { bands } = quantizeFrontend(
      definition({ frame, bins, bands: { scale: 'mel', from: 0, to: 4000 } }),
    );
    let weight = 0;
    bands?.count.forEach((count, i) => {
      const own = bands.weights.subarray(weight, weight + count);
      weight += count;
      const sum = own.reduce((total, one) => total + one, 0);
      expect(sum).toBeGreaterThanOrEqual(8);
      expect(sum).toBeLessThanOrEqual(256);
      expect((bands.first[i] ?? 0) + count).toBeLessThanOrEqual(frame / 2);
    });
  }
  const mels = melCorners(10, 100, 3000).map((hertz) => Math.log1p(hertz / 700));
  const steps = mels.slice(1).map((mel, i) => mel - (mels[i] ?? 0));
  expect(Math.max(...steps) - Math.min(...steps)).toBeLessThan(1e-12);
});

test.each([
  [{ bins: 8, frame: 256 as const }, /band \d+ is too wide/],
  [{ bands: { scale: 'mel' as const, from: 0, to: 4001 } }, /must rise within 0 and 4000 Hz/],
  [{ bands: { scale: 'mel' as const, from: 500, to: 500 } }, /must rise/],
])('refuses bands %o', (more, message) => {
  const bands = { scale: 'mel', from: 0, to: 4000 } as const;
  expect(() => quantizeFrontend(definition({ bands, bins: 32, ...more }))).toThrow(message);
});

test('the curve rises, is continuous, and ends at 32767', () => {
  for (const { curve, definition: f } of programs()) {
    let before = 0;
    let clipped = false;
    const wrong = curve.findIndex((word) => {
      const value = word >>> 16;
      const right = value <= 32767 && value === (clipped ? 32767 : before);
      before = value + (word & 0xffff);
      clipped ||= before >= 32767;
      return !right;
    });
    expect(wrong).toBe(-1);
    if (f.gain >= 5) expect(clipped || f.divisor >= 9).toBe(true);
  }
});

test.each([
  [{ gain: 0 }, /"gain" must be a positive number/],
  [{ gain: Number.POSITIVE_INFINITY }, /"gain"/],
  [{ divisor: -1 }, /"divisor" must be a positive number/],
  [{ divisor: Number.NaN }, /"divisor"/],
  [{ hop: 129 }, /"hop" must be a whole number from 1 to the frame, 128/],
  [{ hop: 0 }, /"hop"/],
  [{ bins: 66 }, /"bins" must be a whole number from 1 to 65/],
  [{ bins: 1.5 }, /"bins"/],
  [{ frame: 100 as 128 }, /"frame" must be 64, 128 or 256/],
])('refuses %o', (more, message) => {
  const attempt = () => quantizeFrontend(definition(more));
  expect(attempt).toThrow(InputError);
  expect(attempt).toThrow(message);
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { resample } from '../../compiler/core/audio/resample.ts';

const tone = (hertz: number, rate: number) =>
  Float64Array.from({ length: rate / 4 }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate));

/** Largest difference between two tones away from their ends, where the tone is cut off. */
function largest(a: Float64Array, b: (n: number) => number): number {
  const margin = Math.ceil(a.length * 0.1);
  return a.subarray(margin, -margin).reduce((max, v, i) => Math.max(max, Math.abs(v - b(i + margin))), 0);
}

describe.each([
  [44100, 8000],
  [48000, 8000],
  [11025, 8000],
  [16000, 8000],
  [8000, 16000],
  [22050, 16000],
])('%i Hz to %i Hz', (from, to) => {
  const nyquist = Math.min(from, to) / 2;

  it.each([0.02, 0.25, 0.6, 0.87])('keeps a tone at %f of the Nyquist frequency within 0.001 dB', (share) => {
    const hertz = share * nyquist;
    const error = largest(resample(tone(hertz, from), from, to), (n) =>
      Math.sin((2 * Math.PI * hertz * n) / to),
    );
    expect(20 * Math.log10(1 + error)).toBeLessThan(0.001);
  });

  it('removes what the lower rate cannot hold: under -80 dB from 1.01 of its Nyquist frequency', () => {
    for (const share of [1.01, 1.1, 1.37]) {
      if (share * nyquist >= from / 2) continue;
      const alias = largest(resample(tone(share * nyquist, from), from, to), () => 0);
      expect(20 * Math.log10(alias), `at ${share}`).toBeLessThan(-80);
    }
  });
});

it('gives ceil(N * to / from) samples, repeatably', () => {
  const input = Float64Array.from({ length: 1001 }, (_, i) => (i * 7919) % 257);
  expect(resample(input, 44100, 8000).length).toBe(Math.ceil((1001 * 8000) / 44100));
  expect(resample(input, 44100, 8000)).toEqual(resample(input, 44100, 8000));
  expect(resample(input, 8000, 8000)).toBe(input);
  expect(resample(Float64Array.of(1), 384000, 1000).length).toBe(1);
});

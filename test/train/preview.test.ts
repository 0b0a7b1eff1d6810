// SPDX-License-Identifier: Apache-2.0
/** Augmentation part by part, and its description. Milliseconds. */
import { describe, expect, it } from 'vitest';
import { augment } from '../../compiler/training/train/augment/augment.ts';
import { describeDraws, onlyParts, PARTS, readParts } from '../../compiler/training/train/augment/preview.ts';
import { type AugmentRules, NOTHING, RECIPE } from '../../compiler/training/train/augment/rules.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { sine } from '../audio/make-wav.ts';

const WINDOW = { frame: 128, hop: 128, steps: 64 };
const tone = sine(440, 0.5, 8000, 0.3);
const backgrounds = [sine(100, 0.2, 8000), sine(1000, 0.2, 8000)];

function run(rules: AugmentRules, seed = 1) {
  const drawn: Record<string, number | string> = {};
  const note = (part: string, value: number | string) => {
    drawn[part] = value;
  };
  const { pcm: samples } = augment(tone, 8000, WINDOW, rules, backgrounds, new Random(seed), note);
  return { drawn, samples };
}

const ALL = onlyParts(NOTHING, PARTS);

describe('parts', () => {
  it('are read by their names', () => {
    expect(readParts('noise, speed')).toEqual(['noise', 'speed']);
    expect(() => readParts('noise,')).toThrow(
      '--only: "" is not a part of the augmentation (shift, gain, speed,',
    );
  });

  it.each(PARTS)('%s alone changes the sound, and nothing else happens', (part) => {
    const rules = onlyParts(RECIPE, [part]);
    expect(Object.entries(rules).filter(([, rule]) => rule !== null && rule !== false)).toHaveLength(1);
    const { drawn, samples } = run(rules);
    const names = {
      noise: ['colour', 'noise'],
      background: ['background', 'snr'],
      reverberation: ['reverberation', 'wet'],
    };
    expect(Object.keys(drawn)).toEqual(part in names ? names[part as keyof typeof names] : [part]);
    expect(samples).not.toEqual(run(NOTHING).samples);
  });

  it('keep the rules of the configuration, but for their chance', () => {
    expect(onlyParts(RECIPE, ['speed', 'noise'])).toEqual({
      ...NOTHING,
      speed: RECIPE.speed,
      noise: RECIPE.noise,
    });
    const level = { low: 0.5, high: 0.6 };
    const rules = { ...NOTHING, clipping: { probability: 0.1, level } };
    expect(onlyParts(rules, ['clipping'])).toEqual({ ...NOTHING, clipping: { probability: 1, level } });
    expect(onlyParts(RECIPE, ['shift', 'gain', 'speed', 'noise'])).toEqual(RECIPE);
  });
});

describe('what was drawn', () => {
  it('is reported without changing it', () => {
    const { pcm: silent } = augment(tone, 8000, WINDOW, ALL, backgrounds, new Random(5));
    const { samples, drawn } = run(ALL, 5);
    expect(samples).toEqual(silent);
    expect(Object.keys(drawn)).toEqual([
      'speed',
      'reverberation',
      'wet',
      'gain',
      'shift',
      'background',
      'snr',
      'colour',
      'noise',
      'clipping',
    ]);
    for (const [part, { low, high }] of Object.entries({
      speed: ALL.speed,
      gain: ALL.gain,
      noise: ALL.noise?.level,
      snr: ALL.background?.snr,
      reverberation: ALL.reverberation?.seconds,
      wet: ALL.reverberation?.wet,
      clipping: ALL.clipping?.level,
    }).map(([part, interval]) => [part, interval ?? { low: Number.NaN, high: Number.NaN }] as const)) {
      expect(drawn[part], part).toBeGreaterThanOrEqual(low);
      expect(drawn[part], part).toBeLessThan(high);
    }
  });

  it('is what happened', () => {
    const plain = run(NOTHING).samples;
    const { drawn, samples } = run(onlyParts(NOTHING, ['shift']), 3);
    const start = (values: Int16Array) => values.findIndex((value) => value !== 0);
    expect(drawn.shift).not.toBe(0);
    expect(start(samples) - start(plain)).toBe(drawn.shift);
    const louder = run(onlyParts(NOTHING, ['gain']), 4);
    const gain = 10 ** Number(louder.drawn.gain);
    expect(Math.max(...louder.samples) / Math.max(...plain)).toBeCloseTo(gain, 3);
  });

  it('is described in words', () => {
    const words = describeDraws(
      {
        speed: 1.0416,
        reverberation: 0.3,
        wet: 0.5,
        gain: -0.155,
        shift: -800,
        background: 0,
        snr: 9.96,
        colour: 'pink',
        noise: -2.5,
        clipping: 0.333,
      },
      8000,
    );
    expect(words).toBe(
      'speed 1.042, room of 0.30 s (wet 0.50), gain -3.1 dB, shift -100 ms, background 1 at 10.0 dB SNR, ' +
        'pink noise at -50.0 dB, clipped at 33 % of its peak',
    );
    expect(describeDraws({ gain: 0.1, shift: 0 }, 8000)).toBe('gain +2.0 dB, shift +0 ms');
    expect(describeDraws({}, 8000)).toBe('nothing changed');
  });
});

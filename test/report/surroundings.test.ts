// SPDX-License-Identifier: Apache-2.0
/** Level and noise of recordings before they are heard. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { soundProgram } from '../../compiler/machines/batch/stream-input.ts';
import type { AddedNoise } from '../../compiler/report/evaluate/added-noise.ts';
import type { Surroundings } from '../../compiler/report/evaluate/play.ts';
import { readGroup } from '../../compiler/report/evaluate/stream-group.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { bursts, listener } from '../support/stream-program.ts';

const program = soundProgram(listener({ frame: 128, hop: 128, seed: 114, last: 'dense' }), 'test');
const folder = mkdtempSync(join(tmpdir(), 'egru-surroundings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, samples: Int16Array) => {
  writeFileSync(join(folder, name), makeWav(pcm16(samples)));
  return join(folder, name);
};
/** A quarter of its samples are louder than the rest. */
const words = [3000, 3100].map((length, i) => ({
  file: write(
    `word-${i}.wav`,
    bursts(length, i + 1).map((x) => x >> 4),
  ),
  truth: null,
  source: 0,
}));
/** Two tones: what is heard can be told by its period. */
const tone = (period: number, amplitude: number) =>
  Int16Array.from({ length: 900 }, (_, n) => Math.round(amplitude * Math.sin((2 * Math.PI * n) / period)));
const tones = [write('tone-10.wav', tone(10, 3000)), write('tone-30.wav', tone(30, 90))];

const play = async (surroundings: Partial<Surroundings>) =>
  readGroup(program, words, { level: null, noise: null, ...surroundings });
const rms = (samples: Int16Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
const decibels = (ratio: number) => 20 * Math.log10(ratio);
const difference = (a: Int16Array, b: Int16Array) => a.map((x, n) => x - (b[n] ?? 0));
const noiseOf = (changes: Partial<AddedNoise>): AddedNoise => ({
  source: 'white',
  snr: 10,
  seed: 1,
  ...changes,
});

describe('level', () => {
  it('is the root of the mean square of a recording, or its largest sample', async () => {
    const soft = await play({ level: { decibels: -40, of: 'rms' } });
    expect(decibels(rms(soft.samples.subarray(0, 3000)) / 32768)).toBeCloseTo(-40, 1);
    expect(decibels(rms(soft.samples.subarray(7000, 10100)) / 32768)).toBeCloseTo(-40, 1);
    const peak = await play({ level: { decibels: -6, of: 'peak' } });
    const largest = peak.samples.subarray(0, 3000).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(decibels(largest / 32768)).toBeCloseTo(-6, 3);
  });

  it('beyond full scale is clipped', async () => {
    const { samples } = await play({ level: { decibels: 0, of: 'rms' } });
    expect(samples.reduce((most, x) => Math.max(most, x), 0)).toBe(32767);
    expect(samples.reduce((least, x) => Math.min(least, x), 0)).toBe(-32768);
  });
});

describe('noise', () => {
  it('that is made has the distance that was asked for, in the silence behind it, too', async () => {
    const clean = await play({});
    const noisy = await play({ noise: noiseOf({}) });
    expect(noisy.spans).toEqual(clean.spans);
    expect(await play({ noise: noiseOf({}) })).toEqual(noisy);
    expect((await play({ noise: noiseOf({ seed: 2 }) })).samples).not.toEqual(noisy.samples);
    const [file, silence] = [clean.samples.subarray(0, 3000), noisy.samples.subarray(3000, 7000)];
    expect(decibels(rms(file) / rms(silence))).toBeCloseTo(10, 0);
  });

  it.each([
    [1, [10, 30]],
    [2, []],
  ] as const)('that is recorded, %d at once, has it in the recording itself', async (voices, periods) => {
    const clean = await play({});
    const noisy = await play({ noise: noiseOf({ source: { files: tones, voices } }) });
    const added = difference(noisy.samples, clean.samples);
    expect(decibels(rms(clean.samples.subarray(0, 3000)) / rms(added.subarray(0, 3000)))).toBeCloseTo(10, 0);
    // One recording at a time is one of the tones; it goes round without a gap but at its end.
    const repeats = (period: number) =>
      added.subarray(0, 800).every((x, n) => Math.abs(x - (added[n + period] ?? 0)) < 0.35 * rms(added));
    if (voices === 1) expect(periods.some(repeats)).toBe(true);
  });

  it('comes behind the level: both are as stated', async () => {
    const level = { decibels: -30, of: 'rms' } as const;
    const clean = await play({ level });
    const noisy = await play({ level, noise: noiseOf({ snr: 0 }) });
    const added = difference(noisy.samples, clean.samples).subarray(0, 3000);
    expect(decibels(rms(added) / 32768)).toBeCloseTo(-30, 0);
  });

  it('of recordings that are silent is refused', async () => {
    const files = [write('silent.wav', new Int16Array(500))];
    await expect(play({ noise: noiseOf({ source: { files, voices: 1 } }) })).rejects.toThrow(
      'silent.wav: is silent',
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
/** Windows of background as an epoch gets them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../compiler/core/base/json.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { buildStore } from '../../compiler/training/background/build.ts';
import { readBackground } from '../../compiler/training/background/config.ts';
import { Frames } from '../../compiler/training/background/frames.ts';
import { FeatureStore } from '../../compiler/training/background/store.ts';
import { noise } from '../../compiler/training/train/augment/noise.ts';
import { BackgroundFeed } from '../../compiler/training/train/background/feed.ts';
import { readTrainingConfig } from '../../compiler/training/train/config.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';

const STEPS = 140;
const BINS = 64;
const folder = mkdtempSync(join(tmpdir(), 'egru-feed-'));
const { frontend } = readTrainingConfig(parseJson('c', '{}'), ['a', 'b']);
let frames: Frames;

beforeAll(async () => {
  const random = new Random(1);
  const sound = Int16Array.from(noise('pink', 100_000, 8000, random), (value) => Math.round(1000 * value));
  writeFileSync(join(folder, 'long.wav'), makeWav(pcm16(sound)));
  const key = { frontend, list: 'one' };
  await buildStore(join(folder, 'features'), key, [join(folder, 'long.wav')]);
  const store = new FeatureStore(join(folder, 'features'), key);
  frames = new Frames(store, [{ start: 0, end: store.frames }]);
});
afterAll(() => {
  frames.store.close();
  rmSync(folder, { recursive: true, force: true });
});

function feedOf(changes: object): BackgroundFeed {
  const config = readBackground(parseJson('c', JSON.stringify({ path: 'x', gain: [0, 0], ...changes })));
  const background = { config, train: frames, validation: frames, names: [], digest: '' };
  return new BackgroundFeed(background, quantizeFrontend(frontend), STEPS, null, 1);
}

const NO_MIX = { mix: { probability: 0, snr: [0, 0] } };

/** Frames of each window that are digital silence. */
function silentFrames(windows: Int16Array): number[] {
  const counts: number[] = [];
  for (let at = 0; at < windows.length; at += STEPS * BINS) {
    const window = windows.subarray(at, at + STEPS * BINS);
    let silent = 0;
    for (let t = 0; t < STEPS; t++) {
      if (window.subarray(t * BINS, (t + 1) * BINS).every((value) => value === 0)) silent++;
    }
    counts.push(silent);
  }
  return counts;
}

describe('windows of background', () => {
  it('become pieces with silence around them, as many as are wanted', () => {
    const windows = new Int16Array(40 * STEPS * BINS);
    feedOf({ ...NO_MIX, pieces: 0 }).fill(windows, 0, null);
    expect(Math.max(...silentFrames(windows))).toBe(0);
    feedOf({ ...NO_MIX, pieces: 1 }).fill(windows, 0, null);
    const silent = silentFrames(windows);
    // A piece has at most 1.5 s, 94 frames of 140; one that lies beyond the window's end is shorter.
    expect(Math.min(...silent)).toBeGreaterThanOrEqual(STEPS - 94);
    expect(silent.filter((count) => count < STEPS).length).toBeGreaterThan(35);
  });

  it('have other background behind them, and words do', () => {
    const [plain, mixed] = [new Int16Array(8 * STEPS * BINS), new Int16Array(8 * STEPS * BINS)];
    feedOf({ ...NO_MIX, pieces: 0 }).mixInto(plain, 0);
    expect(plain.every((value) => value === 0)).toBe(true);
    plain.fill(9000);
    mixed.fill(9000);
    feedOf({ mix: { probability: 1, snr: [3, 3] } }).mixInto(mixed, 0);
    expect(mixed.every((value, i) => value >= (plain[i] ?? 0))).toBe(true);
    expect(mixed.filter((value) => value > 9000).length).toBeGreaterThan(mixed.length / 2);
  });

  it('have many voices at once behind them, which leave fewer pauses', () => {
    const loudest = (places?: number) => {
      const words = new Int16Array(8 * STEPS * BINS).fill(3000);
      feedOf({ mix: { probability: 1, snr: [0, 0], ...(places && { places }) } }).mixInto(words, 0);
      return words;
    };
    const [one, six] = [loudest(), loudest(6)];
    expect(loudest(1)).toEqual(one);
    const raised = (words: Int16Array) => words.filter((value) => value > 3000).length;
    expect(raised(six)).toBeGreaterThan(raised(one));
  });
});

// SPDX-License-Identifier: Apache-2.0
/** A hundred hours of background: windows and words from it, in bounded memory. The file has holes where zeros are. */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseJson } from '../../compiler/core/base/json.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { readBackground } from '../../compiler/training/background/config.ts';
import { Frames } from '../../compiler/training/background/frames.ts';
import { FeatureStore, HEADER_BYTES, storeHeader } from '../../compiler/training/background/store.ts';
import { BackgroundFeed } from '../../compiler/training/train/background/feed.ts';
import { readTrainingConfig } from '../../compiler/training/train/config.ts';

const HOURS = 100;
const STEPS = 140;
const WINDOWS = 100;
const MOST_KILOBYTES = 1_500_000;
const folder = mkdtempSync(join(tmpdir(), 'egru-hours-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('draws an epoch from a hundred hours and stays below 1.5 GB', () => {
  const { frontend } = readTrainingConfig(parseJson('c', '{}'), ['a', 'b']);
  const { hop, sampleRate, bins } = frontend;
  const frames = Math.floor((HOURS * 3600 * sampleRate) / hop);
  const key = { frontend, list: 'one' };
  const path = join(folder, 'features');
  const file = openSync(path, 'w');
  ftruncateSync(file, HEADER_BYTES + 2 * frames * bins + 4 * frames + 4 * 2);
  writeSync(file, storeHeader(key, frames, 1), 0, HEADER_BYTES, 0);
  // Loud last frames show that windows come from the end, too.
  writeSync(
    file,
    new Uint8Array(2 * bins * STEPS).fill(0x40),
    0,
    2 * bins * STEPS,
    HEADER_BYTES + 2 * (frames - STEPS) * bins,
  );
  closeSync(file);
  expect(statSync(path).size).toBeGreaterThan(2.8e9);

  const store = new FeatureStore(path, key);
  const train = new Frames(store, [{ start: 0, end: frames }]);
  const config = readBackground(
    parseJson('c', '{"path": "x", "pieces": 0, "gain": [0, 0], "mix": {"probability": 1, "snr": [0, 10]}}'),
  );
  const background = { config, train, validation: train, names: ['one'], digest: '' };
  const feed = new BackgroundFeed(background, quantizeFrontend(frontend), STEPS, null, 1);
  const windows = new Int16Array(WINDOWS * STEPS * bins);
  const last = { frames: Int32Array.of(frames - 1), scores: Int32Array.of(1000) };
  for (let epoch = 0; epoch < 3; epoch++) feed.fill(windows, epoch, last);
  expect(windows.some((value) => value > 0)).toBe(true);
  feed.mixInto(windows, 0);
  store.close();
  expect(process.resourceUsage().maxRSS).toBeLessThan(MOST_KILOBYTES);
});

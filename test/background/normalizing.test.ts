// SPDX-License-Identifier: Apache-2.0
/** Background of a normalizing feature extractor: stored before normalization, normalized wherever it is heard. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stream } from '../../compiler/core/sim/stream.ts';
import { buildStore } from '../../compiler/training/background/build.ts';
import { Frames } from '../../compiler/training/background/frames.ts';
import { listenTo } from '../../compiler/training/background/listen.ts';
import { FeatureStore } from '../../compiler/training/background/store.ts';
import { BackgroundFeed } from '../../compiler/training/train/background/feed.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { bursts, listener } from '../support/stream-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-normalizing-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FRAMES = 300;
const program = listener({ frame: 128, hop: 128, seed: 114, last: 'dense', over: 'frame' });
const frontend = program.frontend ?? expect.fail();
const key = { frontend: frontend.definition, list: 'one' };
const path = join(folder, 'features');
const samples = bursts(128 * FRAMES, 5);
/** Features of every frame as a stream has them from its start on, and logits. */
const heard: { features: number[]; logits: number[] }[] = [];

beforeAll(async () => {
  const file = join(folder, 'sound.wav');
  writeFileSync(file, makeWav(pcm16(samples)));
  await buildStore(path, key, [file]);
  const stream = new Stream(program);
  stream.push(samples, () =>
    heard.push({ features: [...stream.features], logits: [...stream.network.logits] }),
  );
});

describe('background of a normalizing feature extractor', () => {
  it('listens from a store as from the samples', () => {
    const store = new FeatureStore(path, key);
    let at = 0;
    listenTo(program, new Frames(store, [{ start: 0, end: FRAMES }]), { start: 0, end: FRAMES }, (stream) => {
      const { features = [], logits = [] } = heard[at++] ?? {};
      expect([...stream.features]).toEqual(features);
      expect([...stream.network.logits]).toEqual(logits);
    });
    expect(at).toBe(FRAMES);
    store.close();
  });

  it('gives windows whose level has followed the sound before them', () => {
    const store = new FeatureStore(path, key);
    const frames = new Frames(store, [{ start: 0, end: FRAMES }]);
    const { bins } = frontend;
    const config = { gain: { low: 0, high: 0 }, mix: { probability: 0, low: 0, high: 0 } };
    const background = { config, train: frames, validation: frames, digest: '' };
    const steps = 40;
    const feed = new BackgroundFeed(background as never, frontend, steps, null, 1);
    const windows = new Int16Array(3 * steps * bins);
    feed.fillValidation(windows);
    const window = (i: number) => [...windows.subarray(i * steps * bins, (i + 1) * steps * bins)];
    const wanted = (from: number) => heard.slice(from, from + steps).flatMap(({ features }) => features);
    expect(window(0)).toEqual(wanted(0));
    expect(window(1)).toEqual(wanted((FRAMES - steps) / 2)); // near enough to the start: its lead is all there is

    const words = new Int16Array(heard.length * bins);
    frames.read(0, words);
    const clip = words.subarray(0, steps * bins);
    feed.mixInto(clip, 0);
    const plain = wanted(0);
    const start = [...clip].findIndex((feature, i) => feature !== plain[i]);
    expect(start === -1 || start < 10 * bins).toBe(true); // a level that started higher falls
    expect([...clip.subarray(-bins)]).toEqual(plain.slice(-bins));
    store.close();
  });

  it('keeps its store when only the normalization changes', () => {
    const { normalize: _, ...absolute } = frontend.definition;
    new FeatureStore(path, { ...key, frontend: absolute }).close();
    const other = { ...frontend.definition, gain: 8 };
    expect(() => new FeatureStore(path, { ...key, frontend: other })).toThrow('another feature extractor');
  });
});

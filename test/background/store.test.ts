// SPDX-License-Identifier: Apache-2.0
/** Features of hours of background on disk, and windows of them. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { meanSquare } from '../../compiler/core/fixed/energy.ts';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import type { FrontendDefinition } from '../../compiler/core/program/frontend-program.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { readSafetensors } from '../../compiler/core/weights/safetensors.ts';
import { buildStore } from '../../compiler/training/background/build.ts';
import { Frames } from '../../compiler/training/background/frames.ts';
import { FeatureStore } from '../../compiler/training/background/store.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FRONTEND: FrontendDefinition = {
  sampleRate: 8000,
  frame: 128,
  hop: 128,
  window: 'hann',
  bins: 16,
  scale: 'log2',
  gain: 8,
  divisor: 9,
};
const KEY = { frontend: FRONTEND, list: 'a list' };
/** Samples of the recordings: 7 frames, none, 3 frames. */
const LENGTHS = [7 * 128 + 5, 100, 3 * 128];
const path = join(folder, 'features');
const random = new Random(3);
const recordings = LENGTHS.map((length) =>
  Int16Array.from({ length }, () => Math.round(9000 * random.signed())),
);
const files = recordings.map((samples, i) => {
  const file = join(folder, `${i}.wav`);
  writeFileSync(file, makeWav(pcm16(samples)));
  return file;
});

beforeAll(async () => {
  await buildStore(path, KEY, files);
});

describe('a store of features', () => {
  it('holds what the chip computes of every recording, and where each begins', () => {
    const store = new FeatureStore(path, KEY);
    expect([...store.starts]).toEqual([0, 7, 7, 10]);
    const frontend = new Frontend(quantizeFrontend(FRONTEND));
    const [expected, found] = [new Int16Array(16), new Int16Array(16)];
    for (const [recording, frame, at] of [
      [0, 0, 0],
      [0, 6, 6],
      [2, 2, 9],
    ] as const) {
      const samples = recordings[recording] ?? new Int16Array(0);
      frontend.frame(samples, frame * 128, expected);
      store.read(at, found);
      expect([...found]).toEqual([...expected]);
      expect(store.energy[at]).toBe(meanSquare(samples, frame * 128, 128));
    }
    store.close();
  });

  it('is a safetensors file', () => {
    const { tensors, metadata } = readSafetensors(path, readFileSync(path));
    expect(tensors.get('features')?.shape).toEqual([10, 16]);
    expect(metadata.get('list')).toBe('a list');
  });

  it('is refused with another feature extractor, other recordings, or its end missing', () => {
    const open = (key: typeof KEY) => () => new FeatureStore(path, key);
    expect(open({ ...KEY, frontend: { ...FRONTEND, gain: 9 } })).toThrow(
      /another feature extractor.*--rebuild-cache/,
    );
    expect(open({ ...KEY, list: 'another' })).toThrow(/other recordings.*--rebuild-cache/);
    const cut = join(folder, 'cut');
    writeFileSync(cut, readFileSync(path));
    truncateSync(cut, 4300);
    expect(() => new FeatureStore(cut, KEY)).toThrow(/cut: is not a whole cache/);
    writeFileSync(cut, Buffer.concat([readFileSync(path), Buffer.alloc(4)]));
    expect(() => new FeatureStore(cut, KEY)).toThrow(/cut: is not a whole cache/);
    writeFileSync(cut, 'something else');
    expect(() => new FeatureStore(cut, null)).toThrow(InputError);
  });

  it('leaves out what cannot be read and reports it, and is not there if nothing can', async () => {
    const broken = join(folder, 'broken.wav');
    writeFileSync(broken, 'RIFF');
    const second = join(folder, 'second');
    const problems = await buildStore(second, KEY, [broken, ...files]);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('broken.wav')]);
    expect([...new FeatureStore(second, KEY).starts]).toEqual([0, 0, 7, 7, 10]);
    const third = join(folder, 'third');
    await expect(buildStore(third, KEY, [broken])).rejects.toThrow(/broken.wav/);
    expect(() => new FeatureStore(third, KEY)).toThrow(InputError);
  });
});

describe('some of its frames', () => {
  it('are one sound', () => {
    const store = new FeatureStore(path, KEY);
    const frames = new Frames(store, [
      { start: 1, end: 3 },
      { start: 5, end: 5 },
      { start: 6, end: 9 },
    ]);
    expect(frames.count).toBe(5);
    const found = new Int16Array(4 * 16);
    frames.read(1, found);
    const one = new Int16Array(16);
    const expected = [2, 6, 7, 8].flatMap((frame) => {
      store.read(frame, one);
      return [...one];
    });
    expect([...found]).toEqual(expected);
    expect(() => frames.read(2, found)).toThrow(RangeError);
  });
});

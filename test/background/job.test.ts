// SPDX-License-Identifier: Apache-2.0
/** A training with hours of background: balance, mining, checkpoints. Words are rising tones, hard background nearly so. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../compiler/core/base/json.ts';
import { buildStore } from '../../compiler/training/background/build.ts';
import { readBackground } from '../../compiler/training/background/config.ts';
import { Frames } from '../../compiler/training/background/frames.ts';
import { FeatureStore } from '../../compiler/training/background/store.ts';
import type { Background, MiningRecord } from '../../compiler/training/train/background/feed.ts';
import { readTrainingConfig } from '../../compiler/training/train/config.ts';
import { TrainingJob } from '../../compiler/training/train/job.ts';
import { Random } from '../../compiler/training/train/random.ts';
import type { TrainingData } from '../../compiler/training/train/training-data.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { tone } from './tone.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-background-job-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LABELS = ['other', 'up'];
/** Of 30 stretches of background, those that sound like the word but for their end. */
const LIKE_WORDS = [4, 11, 18, 25];
const STRETCH = 62 * 128;

let background: Background;

beforeAll(async () => {
  const random = new Random(8);
  const samples = new Int16Array(30 * STRETCH);
  for (let i = 0; i < 30; i++) {
    const sound = LIKE_WORDS.includes(i) ? tone(3000, 1, random) : tone(3000, i % 2 === 0 ? 0 : -1, random);
    samples.set(sound, i * STRETCH + 2000);
  }
  const file = join(folder, 'long.wav');
  writeFileSync(file, makeWav(pcm16(samples)));
  const { frontend } = configOf();
  const key = { frontend, list: 'one' };
  await buildStore(join(folder, 'features'), key, [file]);
  const store = new FeatureStore(join(folder, 'features'), key);
  background = {
    config: readBackground(parseJson('c', '{"path": "x", "windows": 2, "every": 3, "gain": [-0.3, 0.1]}')),
    train: new Frames(store, [{ start: 0, end: store.frames - 300 }]),
    validation: new Frames(store, [{ start: store.frames - 300, end: store.frames }]),
    names: ['long.wav'],
    digest: 'background',
  };
});

function dataOf(changes: Partial<TrainingData> = {}): TrainingData {
  const random = new Random(21);
  const words = (count: number) =>
    Array.from({ length: count }, () => ({ samples: tone(3000, 1, random), label: 1 }));
  return {
    labels: LABELS,
    training: words(40),
    validation: words(12),
    backgrounds: [],
    background,
    ...changes,
  };
}

function configOf(changes: object = {}) {
  const document = {
    recurrent: [10],
    dense: [8],
    steps: 48,
    readout: { steps: 48, rule: 'sum' },
    labels: { background: 'other' },
    batch: 32,
    phases: [
      { epochs: 4, quantize: false, rate: 0.02 },
      { epochs: 8, quantize: true, rate: 0.02 },
    ],
    augment: { shift: true, noise: { level: [-4, -3] } },
    ...changes,
  };
  return readTrainingConfig(parseJson('config.json', JSON.stringify(document)), LABELS);
}

describe('a job with hours of background', () => {
  it('listens to all of it every few epochs once weights are quantized, and says what it found', async () => {
    const rounds: MiningRecord[] = [];
    const job = new TrainingJob(configOf(), dataOf());
    const end = await job.run({ onMining: (record) => rounds.push(record) });
    expect(end.reason).toBe('finished');
    expect(rounds.map(({ epoch }) => epoch)).toEqual([6, 9]);
    expect(rounds[0]?.hours).toBeCloseTo((background.train.count * 128) / 8000 / 3600, 9);
    const { places } = job.state.mining ?? { places: { frames: new Int32Array(0) } };
    const found = new Set([...places.frames].map((frame) => Math.floor(frame / 62)));
    // Two of the thirty stretches are hard, one in twenty rounded up: both are like words.
    expect(found.size).toBeGreaterThan(0);
    for (const stretch of [...found].slice(0, 2)) expect(LIKE_WORDS).toContain(stretch);
    job.writeModel(join(folder, 'model'), end);
    const record = JSON.parse(readFileSync(join(folder, 'model/training.json'), 'utf8'));
    expect(record.mining).toEqual(rounds);
    expect(record.suspects).toEqual([]); // two rounds prove nothing
  });

  it('learns background that no clip has', async () => {
    const job = new TrainingJob(configOf(), dataOf());
    const batches = new Set<number>();
    await job.run({ onBatch: (_, __, count) => batches.add(count) });
    // 40 words, and two windows of background for each.
    expect([...batches]).toEqual([Math.ceil((40 + 80) / 32)]);
    expect(job.state.records.at(-1)?.validationAccuracy).toBeGreaterThan(0.8);
  });

  it('goes on from a checkpoint with the same bits, hard places included', async () => {
    const whole = new TrainingJob(configOf(), dataOf());
    await whole.run();
    const first = new TrainingJob(configOf(), dataOf());
    const stop = new AbortController();
    await first.run({ signal: stop.signal, onEpoch: ({ epoch }) => epoch === 7 && stop.abort() });
    const path = join(folder, 'checkpoint');
    first.saveCheckpoint(path);
    const second = new TrainingJob(configOf(), dataOf(), path);
    expect(second.state.mining?.places).toEqual(first.state.mining?.places);
    expect(second.state.mining?.steady).toEqual(first.state.mining?.steady);
    await second.run();
    expect(second.state.parameters).toEqual(whole.state.parameters);
    const other = { ...background, digest: 'another' };
    expect(() => new TrainingJob(configOf(), dataOf({ background: other }), path)).toThrow(/dataset/);
  });
});

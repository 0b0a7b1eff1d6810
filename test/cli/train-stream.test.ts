// SPDX-License-Identifier: Apache-2.0
/** egru train on words and background, without a configuration of streams, and egru tune. About twenty seconds. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { Random } from '../../compiler/training/train/random.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { egru, inWork, json, refusal, write } from './egru.ts';

const DATA = inWork('spoken');
const MODEL = inWork('listener');
/** A minute in three recordings. */
const SECONDS = 20;

function tone(length: number, octaves: number, random: Random): Int16Array {
  const begin = random.uniform(600, 1200);
  let phase = 0;
  return Int16Array.from({ length }, (_, n) => {
    phase += (2 * Math.PI * begin * 2 ** ((octaves * n) / length)) / 8000;
    return Math.round(8000 * Math.sin(phase) + 100 * random.signed());
  });
}

/** Rising tones are the word; background has flat and falling ones. */
beforeAll(() => {
  const random = new Random(5);
  mkdirSync(`${DATA}/up`, { recursive: true });
  mkdirSync(`${DATA}/Background`, { recursive: true });
  for (let i = 0; i < 60; i++) writeFileSync(`${DATA}/up/${i}.wav`, makeWav(pcm16(tone(3000, 1, random))));
  for (let i = 0; i < 3; i++) {
    const samples = new Int16Array(SECONDS * 8000);
    for (let at = 0; at + 4000 < samples.length; at += 6000) {
      samples.set(tone(4000, random.below(2) - 1, random), at);
    }
    writeFileSync(`${DATA}/Background/${i}.wav`, makeWav(pcm16(samples)));
  }
});

const SMALL = {
  recurrent: [10],
  dense: [8],
  steps: 60,
  readout: { steps: 48, rule: 'sum' },
  batch: 32,
  phases: [
    { epochs: 6, quantize: false, rate: 0.02 },
    { epochs: 12, quantize: true, rate: 0.02 },
  ],
  augment: { shift: true, noise: { level: [-4, -3] } },
};

it('ends in a model that listens: one word, a folder called background, nothing stated about streams', async () => {
  const config = write('small.json', JSON.stringify(SMALL));
  const report = await json([
    'train',
    DATA,
    '-o',
    MODEL,
    '--config',
    config,
    '--false-alarms-per-hour',
    '400',
  ]);
  expect(report).toMatchObject({ labels: ['Background', 'up'] });
  const { detect } = JSON.parse(readFileSync(`${MODEL}/model.json`, 'utf8'));
  expect(Object.keys(detect.keywords)).toEqual(['up']);
  expect(detect.vad).toBeUndefined();
  // Half of the tones of the background are nearly words: what fires in every round is named.
  for (const { file } of report.suspects as { file: string }[]) expect(file).toMatch(/\.wav$/);
  // A fifth of a minute validates.
  const thresholds = report.thresholds as { hours: number; falseAlarms: number; words: number };
  expect(thresholds.words).toBe((report.clips as { validation: number }).validation);
  expect(thresholds.hours).toBeCloseTo(12 / 3600, 3);
  expect(thresholds.falseAlarms).toBeLessThanOrEqual(1);
  const training = JSON.parse(readFileSync(`${MODEL}/training.json`, 'utf8'));
  expect(training.configuration).toMatchObject({
    keep: 'last',
    labels: { background: 'Background', adjust: 1.5 },
  });
  expect(training.mining.length).toBeGreaterThan(0);
  expect(training.best.epoch).toBe(17);
});

it('takes the features from the cache, and refuses another one until it is built again', async () => {
  const other = {
    ...SMALL,
    frontend: {
      bins: 32,
      sampleRate: 8000,
      frame: 128,
      hop: 128,
      window: 'hann',
      scale: 'log2',
      gain: 8,
      divisor: 9,
    },
  };
  const config = write(
    'other.json',
    JSON.stringify({ ...other, phases: [{ epochs: 1, quantize: true, rate: 0.01 }] }),
  );
  const args = ['train', DATA, '-o', MODEL, '--config', config];
  expect(await refusal(args)).toMatch(/listener.background: holds features of another feature extractor/);
  expect((await egru([...args, '--rebuild-cache'])).code).toBe(0);
});

it('chooses thresholds for any model: writes them, or only prints them', async () => {
  const copy = inWork('copy');
  mkdirSync(copy);
  for (const name of ['model.json', 'weights.safetensors'])
    copyFileSync(`${MODEL}/${name}`, `${copy}/${name}`);
  const before = readFileSync(`${copy}/model.json`, 'utf8');
  const args = ['tune', copy, '--keywords', DATA, '--background', `${DATA}/Background`];
  const dry = await json([...args, '--at', '400/h', '--dry-run']);
  expect(readFileSync(`${copy}/model.json`, 'utf8')).toBe(before);
  expect(dry).toMatchObject({ words: 60, labels: ['Background', 'up'] });
  expect(dry.hours).toBeCloseTo(60 / 3600, 3);
  const text = await egru([...args, '--at', '50%']);
  expect(text.stdout).toMatch(/of 60 keywords missed: .* % \(95 % interval/);
  expect(JSON.parse(readFileSync(`${copy}/model.json`, 'utf8')).detect.keywords.up.threshold).toBeGreaterThan(
    0,
  );
  expect(await refusal([...args, '--at', 'often'])).toMatch(/--at: must be false alarms per hour/);
  expect(await refusal([...args, '--set', 'test'])).toMatch(/--set: also needs --config/);
});

it('names the folder that --background does not find', async () => {
  expect(await refusal(['train', DATA, '-o', inWork('none'), '--background', 'backgroud'])).toMatch(
    /--background: "backgroud" is not a folder of the dataset; the nearest one is "Background"/,
  );
});

// SPDX-License-Identifier: Apache-2.0
/** egru train on words and background, without a configuration of streams, and egru tune. About twenty seconds. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { openModel } from '../../compiler/page/session/models.ts';
import type { Tuning } from '../../compiler/report/tune/choose.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { tone } from '../background/tone.ts';
import { egru, inWork, json, refusal, write } from './egru.ts';

const DATA = inWork('spoken');
const MODEL = inWork('listener');
/** A minute in three recordings. */
const SECONDS = 20;
/** Where it holds the word, in the second one. */
const PLANTED = 6;

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
    // The word itself, where nobody looks for it.
    if (i === 1) samples.set(tone(3000, 1, random), PLANTED * 8000);
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
  dataset: { split: { by: 'hash', validation: 0.1, test: 0.1 } },
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
  // What fires in every round is named.
  const [suspect] = report.suspects as { file: string; second: number }[];
  expect(suspect?.file).toBe('1.wav');
  expect(Math.abs((suspect?.second ?? 0) - PLANTED - 0.4)).toBeLessThan(1);
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
  expect(existsSync(`${copy}/tuning.json`)).toBe(false);
  expect(dry).toMatchObject({ words: 60, labels: ['Background', 'up'] });
  expect(dry.hours).toBeCloseTo(60 / 3600, 3);
  const text = await egru([...args, '--at', '50%']);
  expect(text.stdout).toMatch(/of 60 keywords missed: .* % \(95 % interval/);
  expect(JSON.parse(readFileSync(`${copy}/model.json`, 'utf8')).detect.keywords.up.threshold).toBeGreaterThan(
    0,
  );
  expect(text.stdout).toContain('detect is written, and tuning.json beside it');
  expect(text.stdout).toMatch(/missed at +0.5\/h +1\/h .*\n-+.*\nup /);
  expect(await refusal([...args, '--at', 'often'])).toMatch(/--at: must be false alarms per hour/);
  expect(await refusal([...args, '--set', 'test'])).toMatch(/--set: also needs --config/);
});

it('writes what it counted to tuning.json, the same bytes every time, which the page takes', async () => {
  const [copy, path] = [inWork('copy'), inWork('copy', 'tuning.json')];
  const before = readFileSync(path, 'utf8');
  const args = ['tune', copy, '--keywords', DATA, '--background', `${DATA}/Background`, '--at', '50%'];
  const { hours, curve, keywords } = (await json(args)) as unknown as Tuning;
  expect(readFileSync(path, 'utf8')).toBe(before);
  const [document, weights] = ['model.json', 'weights.safetensors'].map((name) =>
    readFileSync(`${copy}/${name}`),
  );
  if (document === undefined || weights === undefined) throw new Error('the folder has both');
  const { info } = openModel({ name: 'copy', json: document, weights, tuning: readFileSync(path) });
  expect(info.tuningProblem).toBe(null);
  expect(info.tuning).toMatchObject({ hours, curve, window: info.program.detect.window });
  const [written] = info.tuning?.keywords ?? [];
  expect(written).toMatchObject({ label: 'up', words: 60 });
  expect(written?.points.length).toBeGreaterThan(1);
  for (const point of keywords[0]?.points ?? [])
    expect(written?.points.findLast(({ threshold }) => threshold <= point.threshold)).toMatchObject({
      misses: point.misses,
      events: point.events,
    });
});

it('leaves model.json as it is but for detect, and there the units', async () => {
  const path = inWork('copy', 'model.json');
  const model = JSON.parse(readFileSync(path, 'utf8'));
  const keywords = { up: { threshold: 0.4321, release: 0.3 } };
  model.detect = { ...model.detect, window: '0.9 s', refractory: '0.8 s', keywords };
  const compact = `${JSON.stringify(model)}\n`;
  writeFileSync(path, compact);
  const args = ['tune', inWork('copy'), '--keywords', DATA, '--background', `${DATA}/Background`];
  expect((await egru([...args, '--at', '400/h'])).code).toBe(0);
  const text = readFileSync(path, 'utf8');
  const [before, after] = [compact, text].map((document) => document.slice(0, document.indexOf('"detect"')));
  expect(after).toBe(before);
  const { detect } = JSON.parse(text);
  expect(detect.refractory).toBe('0.8 s');
  expect(detect.window).toMatch(/^[\d.]+ s$/);
  expect(detect.keywords.up.threshold).toBeLessThan(1);
  expect(detect.keywords.up.release).toBeLessThan(detect.keywords.up.threshold);
  const { detection } = (await json(['inspect', inWork('copy')])) as { detection: { refractory: object } };
  expect(detection.refractory).toEqual({ frames: 50, seconds: 0.8 });
  // As a board captures it: other features, so another cache, and other integers.
  const board = ['--cache', inWork('heard'), '--board', 'feather_m0', '--dry-run', '--at', '400/h'];
  const heard = await json([...args, ...board]);
  expect(heard.hours).toBeCloseTo(60 / 3600, 3);
  expect(await refusal([...args, '--cache', inWork('heard')])).toMatch(
    /heard: was captured by i2s at 16304.348 Hz, and no microphone is wanted; build it again with --rebuild-cache/,
  );
});

it('refuses a keyword without a recording, in tuning and in training', async () => {
  const words = inWork('words');
  mkdirSync(`${words}/down`, { recursive: true });
  mkdirSync(`${words}/up`);
  for (let i = 0; i < 8; i++) copyFileSync(`${DATA}/up/${i}.wav`, `${words}/up/${i}.wav`);
  copyFileSync(`${DATA}/up/9.wav`, `${words}/down/9.wav`);
  mkdirSync(`${words}/other`);
  copyFileSync(`${DATA}/Background/0.wav`, `${words}/other/0.wav`);
  expect(await refusal(['train', words, '-o', inWork('none')])).toMatch(
    /words: no recording of "down" validates, and thresholds are chosen on those/,
  );
  const args = ['--keywords', `${words}/down`, '--background', `${words}/other`];
  expect(await refusal(['tune', inWork('copy'), ...args])).toMatch(
    /there is no keyword to choose thresholds by/,
  );
});

it('names the folder that --background does not find', async () => {
  expect(await refusal(['train', DATA, '-o', inWork('none'), '--background', 'backgroud'])).toMatch(
    /--background: "backgroud" is not a folder of the dataset; the nearest one is "Background"/,
  );
});

// SPDX-License-Identifier: Apache-2.0
/** Misses and false alarms of streams that are made of files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { captureRule } from '../../compiler/boards/microphone-rate.ts';
import { type SoundProgram, soundProgram } from '../../compiler/machines/batch/stream-input.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import type { Surroundings } from '../../compiler/report/evaluate/play.ts';
import { poissonLimit } from '../../compiler/report/evaluate/poisson-limit.ts';
import {
  evaluateStreamOn,
  evaluateStreamOnReference,
  type StreamEvaluationInput,
} from '../../compiler/report/evaluate/stream-evaluation.ts';
import { readGroup } from '../../compiler/report/evaluate/stream-group.ts';
import { atThreshold, type LabelledFile, StreamTally } from '../../compiler/report/evaluate/stream-tally.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { bursts, listener } from '../support/stream-program.ts';

const program = soundProgram(listener({ frame: 128, hop: 128, seed: 114, last: 'dense' }), 'test');
const folder = mkdtempSync(join(tmpdir(), 'egru-stream-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files: LabelledFile[] = Array.from({ length: 70 }, (_, i) => {
  const file = join(folder, `${i}.wav`);
  writeFileSync(file, makeWav(pcm16(bursts(3000 + 100 * i, i + 1))));
  const truth = i % 3 === 0 ? null : (program.detect.keywords[i % 2]?.label ?? null);
  return { file, truth, source: i % 2 };
});
const asTheyAre: Surroundings = { level: null, noise: null };
const silent = () => {};
const input = (changes: Partial<StreamEvaluationInput> = {}): StreamEvaluationInput => ({
  ...{ program, files, sources: ['even', 'odd'], surroundings: asTheyAre, keep: 3, ...changes },
});
/** As the microphone of a board hears it: 8,152 Hz. */
const throughI2s: SoundProgram = { ...program, microphone: captureRule('i2s', boards.feather_m0.chip) };

describe('detections in a recording', () => {
  const [first, second] = program.detect.keywords.map(({ label }) => label);
  if (first === undefined || second === undefined) throw new Error('two keywords');
  const nothing = new Int32Array(program.detect.keywords.length);
  const play = (tally: StreamTally, truth: number | null, ...labels: readonly number[]) => {
    tally.begin({ truth, source: 0 });
    for (const label of labels) tally.frame({ label, score: 1 }, nothing);
    tally.end(2);
  };

  it('are hits, misses, false alarms, confusions and repeats', () => {
    const tally = new StreamTally(program, [], 1);
    play(tally, first, first, first);
    play(tally, null, second, first);
    play(tally, second, first);
    const own = { misses: 1, falseAlarms: 2, confusions: 1, repeats: 1 };
    expect(tally.counts).toEqual({
      ...{ keywords: 2, background: 2, seconds: 6, own, sweep: [] },
      sources: [{ ...own, keywords: 2, background: 2 }],
    });
  });

  it('a label that is no keyword is background', () => {
    const { keywords } = program.detect;
    const fewer = { ...program, detect: { ...program.detect, keywords: keywords.slice(1) } };
    const tally = new StreamTally(fewer, [], 1);
    play(tally, first);
    expect(tally.counts).toMatchObject({ keywords: 0, background: 2 });
  });
});

describe('recordings in a stream', () => {
  it('are separated by silence of half a second at least, and by window and refractory time', async () => {
    const group = await readGroup(program, files.slice(0, 2), asTheyAre);
    expect(group.spans.map(({ seconds, end }) => [8000 * seconds, end])).toEqual([
      [3000, 7000],
      [3100, 14100],
    ]);
    expect(group.samples.length).toBe(14100);
    expect(group.samples.subarray(3000, 7000).every((sample) => sample === 0)).toBe(true);
    const slow = { ...program, detect: { ...program.detect, window: 40, refractory: 60 } };
    expect((await readGroup(slow, files.slice(0, 1), asTheyAre)).spans[0]?.end).toBe(3000 + 100 * 128);
  });

  it('are as long at a microphone as outside, in its own samples', async () => {
    const { samples, spans } = await readGroup(throughI2s, files.slice(0, 3), asTheyAre);
    const seconds = files.slice(0, 3).reduce((sum, _, i) => sum + (3000 + 100 * i) / 8000 + 0.5, 0);
    expect(spans.reduce((sum, span) => sum + span.seconds, 0)).toBeCloseTo(seconds - 1.5, 3);
    expect(samples.length / (48e6 / 46 / 128)).toBeCloseTo(seconds, 1);
    expect(samples.length % 32).toBe(0);
  });
});

describe('a folder', () => {
  it('has the same figures on all threads and on any machine', async () => {
    const { evaluation, mistakes } = await evaluateStreamOnReference(input(), silent);
    expect(evaluation.keywords).toBe(files.filter(({ truth }) => truth !== null).length);
    const samples = files.reduce((sum, { truth }, i) => sum + (truth === null ? 3000 + 100 * i : 0), 0);
    expect(evaluation.hours).toBeCloseTo(samples / 8000 / 3600, 12);
    expect(evaluation.falseAlarms).toBeGreaterThan(0);
    const reference = new ReferenceExecutor(program);
    expect(await evaluateStreamOn(reference, input(), silent)).toEqual({ evaluation, mistakes });
  });

  it('has the same figures on any machine behind a microphone', async () => {
    const heard = input({ program: throughI2s });
    const outcome = await evaluateStreamOnReference(heard, silent);
    expect(outcome.evaluation.falseAlarms).toBeGreaterThan(0);
    expect(await evaluateStreamOn(new ReferenceExecutor(program), heard, silent)).toEqual(outcome);
  });

  it('counts by source what it counts in all', async () => {
    const { evaluation } = await evaluateStreamOnReference(input(), silent);
    const { sources, ...all } = evaluation;
    expect(sources.map(({ source }) => source)).toEqual(['even', 'odd']);
    for (const name of ['keywords', 'misses', 'falseAlarms', 'confusions', 'repeats'] as const) {
      expect(sources.reduce((sum, source) => sum + source[name], 0)).toBe(all[name]);
    }
    expect(sources.reduce((sum, { hours }) => sum + hours, 0)).toBeCloseTo(all.hours, 12);
  });

  it('keeps the mistakes of highest score with the sound up to their event', async () => {
    const { mistakes } = await evaluateStreamOnReference(input(), silent);
    expect(mistakes.length).toBe(3);
    const scores = mistakes.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    for (const { file, seconds, pcm, label, truth } of mistakes) {
      expect(label).not.toBe(truth);
      const one = files.findIndex((candidate) => candidate.file === file);
      const { samples } = await readGroup(program, [files[one] as LabelledFile], asTheyAre);
      const end = Math.round(8000 * seconds);
      const own = samples.slice(Math.max(0, end - pcm.length), end);
      expect(pcm.slice(pcm.length - own.length)).toEqual(own);
    }
  });

  it('at a threshold of the sweep has the figures of a model with that threshold', async () => {
    const { det } = (await evaluateStreamOnReference(input(), silent)).evaluation;
    expect(det.length).toBeGreaterThanOrEqual(63);
    for (const point of [det[4], det[30]]) {
      if (point === undefined) throw new Error('the sweep has 63 points');
      const other = { ...program, detect: atThreshold(program.detect, point.threshold) };
      const { evaluation } = await evaluateStreamOnReference(input({ program: other }), silent);
      const { misses, keywords, falseAlarms, hours } = evaluation;
      expect(point.missRate).toBe(misses / keywords);
      expect(point.falseAlarmsPerHour).toBe(falseAlarms / hours);
    }
  });

  it('without keywords or without background has no rate of them', async () => {
    const only = async (known: boolean) => {
      const some = files.filter(({ truth }) => (truth !== null) === known).slice(0, 3);
      return (await evaluateStreamOnReference(input({ files: some }), silent)).evaluation;
    };
    const background = await only(false);
    expect(background.det[0]?.missRate).toBeNull();
    expect(background.falseAlarmsPerHourLimit).toBeGreaterThan(3 / background.hours - 1);
    const keywords = await only(true);
    expect(keywords).toMatchObject({ hours: 0, falseAlarmsPerHourLimit: null });
    expect(keywords.det[0]?.falseAlarmsPerHour).toBeNull();
  });
});

it('limits of a Poisson mean, 95 %: from tables of the chi-square distribution', () => {
  expect(poissonLimit(0)).toBeCloseTo(2.9957, 4);
  expect(poissonLimit(1)).toBeCloseTo(4.7439, 4);
  expect(poissonLimit(10)).toBeCloseTo(16.9622, 4);
  expect(poissonLimit(101) / poissonLimit(100)).toBeCloseTo(119.36 / 118.28, 2);
});

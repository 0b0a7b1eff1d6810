// SPDX-License-Identifier: Apache-2.0
/** Misses and false alarms of streams that are made of files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { soundProgram } from '../../compiler/machines/batch/stream-input.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import {
  evaluateStreamOn,
  evaluateStreamOnReference,
  poissonLimit,
} from '../../compiler/report/evaluate/stream-evaluation.ts';
import {
  atThreshold,
  countGroup,
  type LabelledFile,
  readGroup,
  type Span,
} from '../../compiler/report/evaluate/stream-group.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { bursts, listener } from '../support/stream-program.ts';

const program = soundProgram(listener({ frame: 128, hop: 128, seed: 114, last: 'dense' }), 'test');
const folder = mkdtempSync(join(tmpdir(), 'egru-stream-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files: LabelledFile[] = Array.from({ length: 70 }, (_, i) => {
  const file = join(folder, `${i}.wav`);
  writeFileSync(file, makeWav(pcm16(bursts(3000 + 100 * i, i + 1))));
  return { file, truth: i % 3 === 0 ? null : (program.detect.keywords[i % 2]?.label ?? null) };
});
const silent = () => {};

describe('detections in a file', () => {
  const [first, second] = program.detect.keywords.map(({ label }) => label);
  if (first === undefined || second === undefined) throw new Error('two keywords');
  const spans: Span[] = [
    { truth: first, length: 100, end: 200 },
    { truth: null, length: 300, end: 600 },
    { truth: second, length: 100, end: 800 },
  ];
  const at = (label: number, sample: number) => ({ label, sample, score: 1 });

  it('counts hits, misses, false alarms, confusions and repeats, up to the end of its silence', () => {
    const events = [at(first, 50), at(first, 199), at(second, 200), at(first, 599), at(first, 600)];
    const counts = countGroup(program, spans, events, new Int32Array(0), []);
    expect(counts).toEqual({
      keywords: 2,
      backgroundSamples: 300,
      own: { misses: 1, falseAlarms: 2, confusions: 1, repeats: 1 },
      sweep: [],
    });
  });

  it('a label that is no keyword is background', () => {
    const { keywords } = program.detect;
    const fewer = { ...program, detect: { ...program.detect, keywords: keywords.slice(1) } };
    const one = [{ truth: first, length: 7, end: 9 }];
    expect(countGroup(fewer, one, [], new Int32Array(0), [])).toMatchObject({
      keywords: 0,
      backgroundSamples: 7,
    });
    expect(countGroup(program, one, [], new Int32Array(0), [])).toMatchObject({
      keywords: 1,
      backgroundSamples: 0,
    });
  });

  it('is separated by silence of half a second at least, and by window and refractory time', async () => {
    const group = await readGroup(program, files.slice(0, 2));
    expect(group.spans.map(({ length, end }) => [length, end])).toEqual([
      [3000, 7000],
      [3100, 14100],
    ]);
    expect(group.samples.length).toBe(14100);
    expect(group.samples.subarray(3000, 7000).every((sample) => sample === 0)).toBe(true);
  });

  it('gets noise as far below its own level as was asked for, the silence behind it included', async () => {
    const clean = await readGroup(program, files.slice(0, 2));
    const rules = { colour: 'white', snr: 10, seed: 1 } as const;
    const noisy = await readGroup(program, files.slice(0, 2), rules);
    expect(noisy.spans).toEqual(clean.spans);
    expect(await readGroup(program, files.slice(0, 2), rules)).toEqual(noisy);
    expect((await readGroup(program, files.slice(0, 2), { ...rules, seed: 2 })).samples).not.toEqual(
      noisy.samples,
    );
    const level = (from: number, to: number, samples: Int16Array) =>
      Math.sqrt(samples.subarray(from, to).reduce((sum, x) => sum + x * x, 0) / (to - from));
    const [file, silence] = [level(0, 3000, clean.samples), level(3000, 7000, noisy.samples)];
    expect(20 * Math.log10(file / silence)).toBeCloseTo(10, 0);
  });

  it('is separated by more where window and refractory time need it', async () => {
    const slow = { ...program, detect: { ...program.detect, window: 40, refractory: 60 } };
    expect((await readGroup(slow, files.slice(0, 1))).spans[0]?.end).toBe(3000 + 100 * 128);
  });
});

describe('a folder', () => {
  it('has the same figures on all threads and on any machine', async () => {
    const report = await evaluateStreamOnReference(program, files, null, silent);
    expect(report.keywords).toBe(files.filter(({ truth }) => truth !== null).length);
    const samples = files.reduce((sum, { truth }, i) => sum + (truth === null ? 3000 + 100 * i : 0), 0);
    expect(report.hours).toBeCloseTo(samples / 8000 / 3600, 12);
    expect(report.falseAlarms).toBeGreaterThan(0);
    expect(await evaluateStreamOn(new ReferenceExecutor(program), program, files, null, silent)).toEqual(
      report,
    );
  });

  it('at a threshold of the sweep has the figures of a model with that threshold', async () => {
    const { det } = await evaluateStreamOnReference(program, files, null, silent);
    expect(det.length).toBeGreaterThanOrEqual(63);
    for (const point of [det[4], det[30]]) {
      if (point === undefined) throw new Error('the sweep has 63 points');
      const other = { ...program, detect: atThreshold(program.detect, point.threshold) };
      const { misses, keywords, falseAlarms, hours } = await evaluateStreamOnReference(
        other,
        files,
        null,
        silent,
      );
      expect(point.missRate).toBe(misses / keywords);
      expect(point.falseAlarmsPerHour).toBe(falseAlarms / hours);
    }
  });

  it('without keywords or without background has no rate of them', async () => {
    const only = (known: boolean) => files.filter(({ truth }) => (truth !== null) === known).slice(0, 3);
    const background = await evaluateStreamOnReference(program, only(false), null, silent);
    expect(background.det[0]?.missRate).toBeNull();
    expect(background.falseAlarmsPerHourLimit).toBeGreaterThan(3 / background.hours - 1);
    const keywords = await evaluateStreamOnReference(program, only(true), null, silent);
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

// SPDX-License-Identifier: Apache-2.0
/** Datasets: finding, splitting, reading, describing. About a second. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../compiler/core/base/json.ts';
import { nameHash } from '../../compiler/host/audio/shares.ts';
import { readDatasetConfig } from '../../compiler/training/data/config.ts';
import { checkTrainable, findDataset } from '../../compiler/training/data/dataset.ts';
import type { Dataset, Entry } from '../../compiler/training/data/entry.ts';
import { measure } from '../../compiler/training/data/measure.ts';
import { findWord, trimToWord } from '../../compiler/training/data/onset.ts';
import { eachRecording, loadRecordings } from '../../compiler/training/data/recordings.ts';
import { type SplitRule, splitDataset } from '../../compiler/training/data/splits.ts';
import { balancePicture, statsOf } from '../../compiler/training/data/stats.ts';
import { makeWav, pcm16, sine } from '../audio/make-wav.ts';

const root = mkdtempSync(join(tmpdir(), 'egru-data-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
/** A new folder with these files: text as it is, samples as WAV. */
function folderWith(files: Readonly<Record<string, string | Int16Array>>): string {
  const folder = join(root, `set${folders++}`);
  mkdirSync(folder);
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof contents === 'string' ? contents : makeWav(pcm16(contents)));
  }
  return folder;
}

const tone = sine(440, 0.1, 8000);

describe('finding', () => {
  it('a folder per label', () => {
    const folder = folderWith({
      'yes/b.wav': tone,
      'yes/deep/a.wav': tone,
      'no/c.wav': tone,
      'no/notes.txt': 'x',
    });
    const { entries, labels } = findDataset(folder, null);
    expect(labels).toEqual(['no', 'yes']);
    expect(entries.map(({ name, label }) => [name, label])).toEqual([
      ['no/c.wav', 'no'],
      ['yes/b.wav', 'yes'],
      ['yes/deep/a.wav', 'yes'],
    ]);
  });

  it('files whose names contain it', () => {
    const folder = folderWith({ '7_ann_12.wav': tone, 'x/3_bob_4.wav': tone });
    const { entries, labels } = findDataset(folder, '{label}_{speaker}_{index}.wav');
    expect(labels).toEqual(['3', '7']);
    expect(entries.map(({ fields }) => fields.get('speaker'))).toEqual(['ann', 'bob']);
    expect(() => findDataset(folder, '{speaker}.wav')).toThrow('--pattern: no {label} in {speaker}.wav');
    expect(() => findDataset(folder, '{label}-{x}.wav')).toThrow('does not fit the pattern {label}-{x}.wav');
  });

  it('a manifest, with quotes, line breaks and further columns', () => {
    const folder = folderWith({
      'a/1.wav': tone,
      'm.csv': '\uFEFFfile,label,speaker\r\na/1.wav,"say ""yes"", now",ann\r\n\r\n"a/2.wav",no,bob\r\n',
    });
    const { entries } = findDataset(join(folder, 'm.csv'), null);
    expect(entries.map(({ label, fields }) => [label, fields.get('speaker')])).toEqual([
      ['say "yes", now', 'ann'],
      ['no', 'bob'],
    ]);
    const refused = (text: string, message: string) => {
      const file = join(folderWith({ 'm.csv': text }), 'm.csv');
      expect(() => findDataset(file, null), text).toThrow(message);
    };
    refused('', 'm.csv: is empty; its first line names the columns');
    refused('file,label\n', 'm.csv: contains no recording');
    refused(
      'file,digit\na.wav,x',
      'no column is called "label"; it has "file", "digit"; name it with --label-column (line 1)',
    );
    refused('file,label\na.wav', 'm.csv: has 1 fields for 2 columns (line 2)');
    refused('file,label\n../a.wav,x', '"../a.wav" is not a file below the manifest\'s folder (line 2)');
    refused('file,label\n/etc/a.wav,x', "is not a file below the manifest's folder (line 2)");
    refused('file,label\na.wav,x\n./a.wav,y', '"./a.wav" is listed twice (line 3)');
    refused('file,label\na.wav,"x', 'm.csv: a quotation mark is not closed (line 2)');
    refused('file,label\na.wav,"x"y', 'm.csv: has text after a closing quotation mark (line 2)');
    refused('file,label\na.wav,x/y', 'the label "x/y" holds a path separator; rename it');
    refused('file,label\na.wav,"x\ny"', 'the label "x\\ny" holds a control character; rename it');
    refused('file,label\na.wav,..', 'the label ".." is the name of a folder; rename it');
    refused(`file,label\na.wav,${'é'.repeat(51)}`, 'is longer than 100 bytes; rename it');
    refused('file,label,file\na.wav,x,y', 'm.csv: the column "file" is listed twice (line 1)');
  });

  it('refuses what is empty, has no label or only one', () => {
    expect(() => findDataset(join(root, 'nowhere'), null)).toThrow('no such file or folder');
    expect(() => findDataset(folderWith({ 'a.txt': '' }), null)).toThrow('no recordings are in this folder');
    expect(() => findDataset(folderWith({ 'a.wav': tone }), null)).toThrow(
      'lies in no folder that could be its label',
    );
    const one = findDataset(folderWith({ 'x/a.wav': tone }), null);
    expect(() => checkTrainable(one)).toThrow(
      'all 1 recordings have the label "x"; at least two labels are needed',
    );
  });
});

function datasetOf(count: number): Dataset {
  const entries = Array.from({ length: count }, (_, i): Entry => {
    const label = ['one', 'two'][i % 2] ?? '';
    const name = `${label}/${i}.wav`;
    return { file: name, name, label, fields: new Map([['index', String(i)]]) };
  });
  return { subject: 'set', entries, labels: ['one', 'two'] };
}

describe('splitting', () => {
  const names = (entries: readonly Entry[]) => entries.map(({ name }) => name);

  it('by hash stays where it is when recordings come and go', () => {
    const rule: SplitRule = { by: 'hash', validation: 0.2, test: 0.1 };
    const all = splitDataset(datasetOf(1000), rule);
    expect(all.train.length + all.validation.length + all.test.length).toBe(1000);
    expect(all.test.length).toBeGreaterThan(70);
    expect(all.test.length).toBeLessThan(130);
    expect(all.validation.length).toBeGreaterThan(160);
    expect(all.validation.length).toBeLessThan(240);
    const fewer = splitDataset(datasetOf(500), rule);
    expect(names(all.test)).toEqual(expect.arrayContaining(names(fewer.test)));
  });

  it('by rank takes exact shares of every label, the smallest hashes first', () => {
    const { train, validation, test } = splitDataset(datasetOf(80), {
      by: 'rank',
      validation: 0.1,
      test: 0.25,
    });
    for (const label of ['one', 'two']) {
      const of = (entries: readonly Entry[]) =>
        entries.filter((entry) => entry.label === label).map((entry) => nameHash(entry.name).toString('hex'));
      expect([of(test).length, of(validation).length, of(train).length]).toEqual([10, 4, 26]);
      expect((of(test).sort().at(-1) ?? '') < (of(validation).sort()[0] ?? '')).toBe(true);
      expect((of(validation).sort().at(-1) ?? '') < (of(train).sort()[0] ?? '')).toBe(true);
    }
  });

  it('by a field', () => {
    const rule: SplitRule = { by: 'field', field: 'index', test: '0-4', validation: '5-9,17' };
    const { train, validation, test } = splitDataset(datasetOf(40), rule);
    expect([train.length, validation.length, test.length]).toEqual([29, 6, 5]);
    expect(names(validation)).toContain('two/17.wav');
  });

  it('refuses rules that cannot work', () => {
    const refused = (rule: SplitRule, message: string) =>
      expect(() => splitDataset(datasetOf(10), rule)).toThrow(message);
    refused({ by: 'hash', validation: 0.5, test: 0.5 }, 'leave nothing to train on');
    refused({ by: 'hash', validation: Number.NaN, test: 0.5 }, 'leave nothing to train on');
    refused(
      { by: 'field', field: 'index', test: '0-4', validation: '4-6' },
      '"index" 4 is claimed by validation and by test',
    );
    refused(
      { by: 'field', field: 'speaker', test: 'x', validation: 'y' },
      'has no field "speaker"; it has index',
    );
    refused(
      { by: 'field', field: 'index', test: '99', validation: '1' },
      'no recording belongs to the split "test"',
    );
    refused({ by: 'field', field: 'index', test: '1,', validation: '2' }, '"1," has an empty part');
    refused({ by: 'field', field: 'index', test: '4-1', validation: '5' }, 'the range 4-1 runs backwards');
    refused(
      { by: 'field', field: 'index', test: '0,2,4', validation: '6,8' },
      'no recording of "one" is left to train on',
    );
  });
});

describe('reading', () => {
  const long = new Int16Array(8000 * 3601);
  const folder = folderWith({
    'a/good.wav': tone,
    'a/same.wav': tone,
    'a/loud.wav': Int16Array.from({ length: 400 }, (_, n) => (n % 100 < 50 ? 32767 : -32768)),
    'b/silent.wav': new Int16Array(100),
    'b/broken.wav': 'no sound',
    'b/long.wav': long,
  });
  const { entries } = findDataset(folder, null);

  it('names what cannot be used, or ends there', async () => {
    const { usable, unusable } = await loadRecordings(entries, 8000, false);
    expect(usable).toHaveLength(4);
    expect(unusable.map(({ entry }) => entry.name)).toEqual(['b/broken.wav', 'b/long.wav']);
    expect(unusable[1]?.error.message).toContain('3601 s long; at most 3600 s are read');
    await expect(loadRecordings(entries, 8000, true)).rejects.toThrow('broken.wav');
    await expect(
      loadRecordings(
        entries.filter(({ name }) => name === 'b/broken.wav'),
        8000,
        false,
      ),
    ).rejects.toThrow('broken');
  });

  it('statistics', async () => {
    const { results, unusable } = await eachRecording(entries, null, false, measure);
    const stats = statsOf(results, unusable);
    expect(stats.recordings).toBe(4);
    expect(stats.labels.map(({ label, recordings }) => [label, recordings])).toEqual([
      ['a', 3],
      ['b', 1],
    ]);
    expect(stats.labels[0]?.lengths).toEqual({ min: 0.05, median: 0.1, max: 0.1 });
    expect(stats.labels[0]?.level).toBeCloseTo(-9.03, 1);
    expect(stats.labels[1]?.level).toBeNull();
    expect(stats.clipped).toEqual(['a/loud.wav']);
    expect(stats.silent).toEqual(['b/silent.wav']);
    expect(stats.duplicates).toEqual([['a/good.wav', 'a/same.wav']]);
    expect(stats.unusable.map(({ name }) => name)).toEqual(['b/broken.wav', 'b/long.wav']);
    expect(balancePicture(stats)).toBe(`a  ${'#'.repeat(40)}  3\nb  ${'#'.repeat(13).padEnd(40)}  1`);
  });
});

describe('the word in a long clip', () => {
  const clip = (noise: number, ...words: { at: number; seconds: number; level: number }[]) => {
    const samples = Int16Array.from({ length: 16000 }, (_, n) => (((n * 7919) % 101) - 50) * noise);
    for (const { at, seconds, level } of words) {
      sine(300, seconds, 8000, level).forEach((value, n) => {
        samples[at * 8000 + n] = (samples[at * 8000 + n] ?? 0) + value;
      });
    }
    return samples;
  };

  it('is found in noise and in silence, to 10 ms', () => {
    for (const noise of [0, 2]) {
      const word = findWord(clip(noise, { at: 0.5, seconds: 0.4, level: 0.3 }), 8000);
      expect(Math.abs((word?.start ?? 0) - 4000)).toBeLessThanOrEqual(80);
      expect(Math.abs((word?.end ?? 0) - 7200)).toBeLessThanOrEqual(80);
    }
  });

  it('keeps syllables together and leaves a distant click out', () => {
    const samples = clip(
      2,
      { at: 0.3, seconds: 0.2, level: 0.3 },
      { at: 0.6, seconds: 0.2, level: 0.2 },
      { at: 1.5, seconds: 0.02, level: 0.6 },
    );
    const word = findWord(samples, 8000);
    expect([word?.start, word?.end]).toEqual([2400, 6400]);
    expect(trimToWord(samples, 8000, 0.1)).toHaveLength(4000 + 1600);
  });

  it('ends where the sound falls 35 dB below its loudest piece, even in silence', () => {
    const wordBefore = (decibels: number) =>
      findWord(
        clip(
          0,
          { at: 0.5, seconds: 0.4, level: 0.3 },
          { at: 1, seconds: 0.2, level: 0.3 * 10 ** (-decibels / 20) },
        ),
        8000,
      );
    expect(wordBefore(45)).toEqual({ start: 4000, end: 7200 });
    expect(wordBefore(30)).toEqual({ start: 4000, end: 9600 });
  });

  it('is not found where nothing stands out', () => {
    expect(findWord(clip(2), 8000)).toBeNull();
    expect(findWord(new Int16Array(1000), 8000)).toBeNull();
    expect(findWord(new Int16Array(10), 8000)).toBeNull();
    expect(trimToWord(clip(2), 8000, 0.1)).toHaveLength(16000);
  });
});

describe('the configuration', () => {
  const read = (text: string) => readDatasetConfig(parseJson('c', text));

  it('has defaults and reports what is wrong', () => {
    expect(readDatasetConfig(null)).toEqual(read('{}'));
    expect(
      read(
        '{"pattern": "{label}_{index}.wav", "trim": 0.1, "strict": true, "split": {"by": "rank", "test": 0.25}}',
      ),
    ).toEqual({
      pattern: '{label}_{index}.wav',
      columns: {},
      split: { by: 'rank', validation: 0, test: 0.25 },
      strict: true,
      trim: 0.1,
      names: new Map(),
      extra: [],
      realWeight: 4,
      backgrounds: null,
    });
    expect(read('{"split": {"by": "field", "field": "speaker", "validation": "ann"}}').split).toEqual({
      by: 'field',
      field: 'speaker',
      validation: 'ann',
      test: '',
    });
    expect(() => read('{"split": {}}')).toThrow('c: "by" is missing (at split)');
    expect(() => read('{"split": {"by": "field", "validation": "1"}}')).toThrow(
      'c: "field" is missing (at split)',
    );
    expect(() => read('{"split": {"by": "hash", "test": 1}}')).toThrow(
      'from 0 to 0.99, found 1 (at split.test)',
    );
    expect(() => read('{"strict": 1}')).toThrow('must be true or false, found 1 (at strict)');
  });
});

// SPDX-License-Identifier: Apache-2.0
/** What a configuration adds to a dataset: extra folders, names, backgrounds, a rule for few recordings. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../compiler/core/base/json.ts';
import { DEFAULT_SPLIT, readDatasetConfig } from '../../compiler/training/data/config.ts';
import type { Dataset } from '../../compiler/training/data/entry.ts';
import { findBackgrounds, openDataset, splitRuleOf } from '../../compiler/training/data/open.ts';
import { loadRecordings } from '../../compiler/training/data/recordings.ts';
import { splitDataset } from '../../compiler/training/data/splits.ts';
import { makeWav, pcm16, sine } from '../audio/make-wav.ts';

const root = mkdtempSync(join(tmpdir(), 'egru-open-'));
afterAll(() => rmSync(root, { recursive: true }));

function touch(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), makeWav(pcm16(sine(440, 0.1, 8000))));
  }
}

touch('words/0/a.wav', 'words/0/b.wav', 'words/1/a.wav', 'words/1/b.wav', 'words/_noise_/hum.wav');
touch('speech/deep/x.wav', 'speech/y.wav', 'flat/0_ann_1.wav', 'flat/1_ann_1.wav', 'flat/noise/rain.wav');
writeFileSync(join(root, 'words.csv'), 'file,label\nwords/0/a.wav,0\nwords/1/a.wav,1\n');

const config = (text: string) => readDatasetConfig(parseJson('c', text));
const open = (text: string, path = 'words') => openDataset(join(root, path), config(text));
const labelsByName = ({ entries }: Dataset) => entries.map(({ name, label }) => `${name} ${label}`);

describe('extra folders', () => {
  const EXTRA = '"extra": [{"path": "../speech", "label": "other"}], "backgrounds": "_noise_"';

  it('bear one label at any depth, relative to the dataset', () => {
    const dataset = open(`{${EXTRA}}`);
    expect(dataset.labels).toEqual(['0', '1', 'other']);
    expect(labelsByName(dataset).slice(4)).toEqual(['../speech/deep/x.wav other', '../speech/y.wav other']);
    const listed = open('{"extra": [{"path": "speech", "label": "1"}]}', 'words.csv');
    expect(labelsByName(listed)).toEqual([
      'words/0/a.wav 0',
      'words/1/a.wav 1',
      'speech/deep/x.wav 1',
      'speech/y.wav 1',
    ]);
  });

  it('may be for training only', () => {
    const rule = { by: 'rank', validation: 0.5, test: 0 } as const;
    const counts = (text: string) => {
      const { train, validation } = splitDataset(open(text), rule);
      return [train, validation].map((entries) => entries.filter(({ label }) => label === 'other').length);
    };
    expect(counts(`{${EXTRA}}`)).toEqual([1, 1]);
    expect(counts(`{${EXTRA.replace('"other"', '"other", "split": "train"')}}`)).toEqual([2, 0]);
  });

  it('may be without a test', () => {
    const four = ['a', 'b', 'c', 'd'].map((name) => `${name}.wav`);
    touch(...four.flatMap((name) => [`many/0/${name}`, `many/1/${name}`, `more/${name}`]));
    const counts = (split: string) => {
      const dataset = open(`{"extra": [{"path": "../more", "label": "other", "split": "${split}"}]}`, 'many');
      const { train, validation, test } = splitDataset(dataset, { by: 'rank', validation: 0.25, test: 0.5 });
      return [train, validation, test].map((all) => all.filter(({ label }) => label === 'other').length);
    };
    expect(counts('rule')).toEqual([1, 1, 2]);
    expect(counts('no-test')).toEqual([3, 1, 0]);
  });

  it('for training only are so under any rule', () => {
    const extra = '{"path": "../speech", "label": "1", "split": "train"}';
    const dataset = open(`{"backgrounds": "_noise_", "extra": [${extra}]}`);
    const rule = { by: 'field', field: 'label', validation: '1', test: '' } as const;
    const { train, validation } = splitDataset(dataset, rule);
    const names = (entries: typeof train) => entries.map(({ name }) => name);
    expect(names(train)).toEqual(['0/a.wav', '0/b.wav', '../speech/deep/x.wav', '../speech/y.wav']);
    expect(names(validation)).toEqual(['1/a.wav', '1/b.wav']);
    // Their hashes are smaller than those of the others, of which a half validates all the same.
    const halves = splitDataset(dataset, { by: 'rank', validation: 0.5, test: 0 });
    expect(names(halves.validation)).toEqual(['0/a.wav', '1/a.wav']);
  });

  it('lie outside of the folders by label, even where they lie inside', () => {
    const dataset = open('{"extra": [{"path": "_noise_", "label": "none"}]}');
    expect(dataset.labels).toEqual(['0', '1', 'none']);
    expect(labelsByName(dataset)).toContain('_noise_/hum.wav none');
  });

  it('refuses what cannot be', () => {
    expect(() => open('{"extra": [{"path": "nowhere", "label": "x"}]}')).toThrow(
      'nowhere: no such file or folder',
    );
    expect(() => open('{"extra": [{"path": "../speech", "label": "a/b"}]}')).toThrow(
      'dataset.extra: the label "a/b" holds a path separator; rename it',
    );
    const twice = '{"path": "../speech", "label": "a"}, {"path": "../speech/deep", "label": "b"}';
    expect(() => open(`{"extra": [${twice}]}`)).toThrow('x.wav: is listed twice');
    expect(() => open('{"extra": [{"path": "words/1", "label": "b"}]}', 'words.csv')).toThrow(
      'a.wav: is listed twice',
    );
    expect(() => config('{"extra": [{"path": "x"}]}')).toThrow('c: "label" is missing (at extra[0])');
    expect(() => config('{"extra": [{"path": "x", "label": "y", "split": "test"}]}')).toThrow(
      'must be "rule" or "no-test" or "train", found "test" (at extra[0].split)',
    );
  });
});

describe('names', () => {
  it('order the labels, and leave others behind them', () => {
    const dataset = open('{"names": {"1": "one", "_noise_": "silence"}}');
    expect(dataset.labels).toEqual(['one', 'silence', '0']);
    expect(labelsByName(dataset)).toContain('1/a.wav one');
  });

  it('refuses unknown and doubled ones', () => {
    const refused = (names: string, message: string) =>
      expect(() => open(`{"backgrounds": "_noise_", "names": ${names}}`)).toThrow(message);
    refused('{"2": "two"}', 'no recording has the label "2"; the nearest one is "0" (dataset.names)');
    refused('{"0": "x", "1": "x"}', 'two labels would be called "x" (dataset.names)');
    refused('{"0": "1"}', 'two labels would be called "1" (dataset.names)');
    refused('{"0": "a\\u0007"}', 'dataset.names: the label "a\\u0007" holds a control character; rename it');
    refused('{"0": ""}', 'must be non-empty text');
  });
});

describe('backgrounds', () => {
  it('are no label, in a folder per label and beside names that a pattern reads', () => {
    const text = '{"backgrounds": "_noise_"}';
    expect(open(text).labels).toEqual(['0', '1']);
    expect(findBackgrounds(join(root, 'words'), config(text))).toEqual([join(root, 'words/_noise_/hum.wav')]);
    const pattern = '"pattern": "{label}_{speaker}_{index}.wav"';
    expect(open(`{${pattern}, "backgrounds": "noise"}`, 'flat').labels).toEqual(['0', '1']);
    expect(() => open(`{${pattern}}`, 'flat')).toThrow('rain.wav: does not fit the pattern');
  });

  it('are none by default', () => {
    expect(findBackgrounds(join(root, 'words'), readDatasetConfig(null))).toEqual([]);
  });
});

describe('the rule by default', () => {
  const datasetOf = (...counts: number[]): Dataset => {
    const entries = counts.flatMap((count, k) =>
      Array.from({ length: count }, (_, i) => {
        const name = `${k}/${i}.wav`;
        return { file: name, name, label: String(k), fields: new Map() };
      }),
    );
    return { subject: 'set', entries, labels: counts.map((_, k) => String(k)) };
  };

  it('keeps shares of every label where recordings are few, down to two of each', () => {
    const few = datasetOf(2, 3, 80);
    const rule = splitRuleOf(few, readDatasetConfig(null));
    const { train, validation, test } = splitDataset(few, rule);
    const of = (label: string) => [train, validation].map((s) => s.filter((e) => e.label === label).length);
    expect([of('0'), of('1'), of('2'), test.length]).toEqual([[1, 1], [2, 1], [60, 20], 0]);
    expect(splitRuleOf(datasetOf(50, 50), readDatasetConfig(null))).toBe(DEFAULT_SPLIT);
  });

  it('is not taken where one is stated', () => {
    const stated = config('{"split": {"by": "hash", "validation": 0.1, "test": 0.1}}');
    expect(splitRuleOf(datasetOf(2, 2), stated)).toEqual(DEFAULT_SPLIT);
  });
});

it('reads recordings, and names those that cannot be used', async () => {
  writeFileSync(join(root, 'words/1/b.wav'), 'no sound');
  const { entries } = open('{}');
  const counts: number[] = [];
  const { usable, unusable } = await loadRecordings(entries, 8000, false, (done) => counts.push(done));
  expect([usable.length, unusable.map(({ entry }) => entry.name)]).toEqual([4, ['1/b.wav']]);
  expect(counts).toEqual([1, 2, 3, 4, 5]);
  await expect(loadRecordings(entries, 8000, true)).rejects.toThrow('b.wav');
});

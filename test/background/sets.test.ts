// SPDX-License-Identifier: Apache-2.0
/** Which background trains, which validates, which tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../compiler/core/base/json.ts';
import { readBackground } from '../../compiler/training/background/config.ts';
import { type BackgroundRecording, listBackground } from '../../compiler/training/background/recordings.ts';
import { setsOf } from '../../compiler/training/background/sets.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-sets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const spoken = (count: number, speakers: number): BackgroundRecording[] =>
  Array.from({ length: count }, (_, i) => ({
    file: `${i}.wav`,
    name: `${i}.wav`,
    fields: new Map([['speaker', `person ${i % speakers}`]]),
  }));
const startsOf = (count: number, frames: number) =>
  Int32Array.from({ length: count + 1 }, (_, i) => i * frames);

describe('sets of background', () => {
  it('keep all recordings of a speaker together', () => {
    const recordings = spoken(200, 40);
    const rule = { by: 'hash', column: 'speaker', validation: 0.25, test: 0.25 } as const;
    const sets = setsOf('x', recordings, startsOf(200, 10), rule);
    const speakers = (name: 'train' | 'validation' | 'test') =>
      new Set(sets[name].map(({ start }) => (start / 10) % 40));
    const [train, validation, test] = [speakers('train'), speakers('validation'), speakers('test')];
    expect(train.size + validation.size + test.size).toBe(40);
    expect(sets.train.length + sets.validation.length + sets.test.length).toBe(200);
    expect(Math.min(validation.size, test.size)).toBeGreaterThan(3);
  });

  it('follow a list; what it does not name trains', () => {
    const list = join(folder, 'list.txt');
    writeFileSync(list, '# people\nperson 1\ttest\nperson 2\tvalidation\n');
    const rule = { by: 'list', column: 'speaker', file: 'list.txt' } as const;
    const sets = setsOf('x', spoken(6, 3), startsOf(6, 10), rule, (file) => join(folder, file));
    expect(sets.train.map(({ start }) => start)).toEqual([0, 30]);
    expect(sets.test.map(({ start }) => start)).toEqual([10, 40]);
    expect(sets.validation.map(({ start }) => start)).toEqual([20, 50]);
    writeFileSync(list, 'person 1 exam\n');
    const read = () => setsOf('x', spoken(6, 3), startsOf(6, 10), rule, (file) => join(folder, file));
    expect(read).toThrow(/list.txt: a line is a value and one of train, validation, test \(line 1\)/);
  });

  it('divide a few long recordings by time', () => {
    const sets = setsOf('x', spoken(2, 2), startsOf(2, 1000), null);
    expect(sets.train).toEqual([
      { start: 0, end: 800 },
      { start: 1000, end: 1800 },
    ]);
    expect(sets.validation).toEqual([
      { start: 800, end: 1000 },
      { start: 1800, end: 2000 },
    ]);
  });

  it('are refused without the column, and where nothing is left to choose by', () => {
    const rule = { by: 'hash', column: 'voice', validation: 0.2, test: 0 } as const;
    expect(() => setsOf('x', spoken(30, 3), startsOf(30, 9), rule)).toThrow(
      /no column "voice"; it has speaker/,
    );
    const one = { ...rule, column: 'speaker' };
    expect(() => setsOf('table', spoken(30, 1), startsOf(30, 9), one)).toThrow(
      /table: no background is left to (train on|choose thresholds by)/,
    );
  });
});

describe('recordings of background', () => {
  const wav = (name: string) => {
    mkdirSync(join(folder, 'sounds/deep'), { recursive: true });
    writeFileSync(join(folder, 'sounds', name), makeWav(pcm16(new Int16Array(300))));
  };

  it('are all below a folder, or the wanted rows of a table without names', () => {
    wav('a.wav');
    wav('deep/b.wav');
    const inFolder = listBackground(join(folder, 'sounds'), undefined, null);
    expect(inFolder.recordings.map(({ name }) => name)).toEqual(['a.wav', 'deep/b.wav']);
    const table = join(folder, 'table.tsv');
    writeFileSync(table, 'speech\tann\tsounds/a.wav\nmusic\tbob\tsounds/deep/b.wav\n');
    const rows = listBackground(table, '3', { column: '1', values: ['music'] });
    expect(rows.recordings.map(({ fields }) => fields.get('2'))).toEqual(['bob']);
    expect(rows.digest).not.toBe(listBackground(table, '3', null).digest);
    expect(() => listBackground(table, '3', { column: '1', values: ['rain'] })).toThrow(
      /no recording of background/,
    );
    expect(() => listBackground(table, '3', { column: 'kind', values: ['rain'] })).toThrow(
      /no column "kind"/,
    );
  });

  it('are configured under "background", whose mistakes have their place', () => {
    const read = (text: string) => readBackground(parseJson('c.json', text));
    expect(read('{"path": "street"}')).toMatchObject({ windows: 1.5, mined: 0.5, every: 4, sets: null });
    expect(() => read('{"path": "x", "gain": [1, -1]}')).toThrow(/c.json.*backwards/);
    expect(() => read('{"path": "x", "sets": {"by": "hash", "validation": 0.6, "test": 0.5}}')).toThrow(
      /nothing to train on/,
    );
  });
});

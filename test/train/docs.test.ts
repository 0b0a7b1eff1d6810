// SPDX-License-Identifier: Apache-2.0
/** docs/TRAINING.md: its tables name every key, and the defaults are those of the code. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { JsonValue, parseJson } from '../../compiler/core/base/json.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { readBackground } from '../../compiler/training/background/config.ts';
import { readDatasetConfig } from '../../compiler/training/data/config.ts';
import { readAugment } from '../../compiler/training/train/augment/config.ts';
import { readTrainingConfig } from '../../compiler/training/train/config.ts';

const text = readFileSync(packagePath('docs', 'TRAINING.md'), 'utf8');
const LABELS = ['a', 'b'];

/** Keys and second columns of the table behind these words. */
function rowsAfter(words: string): Map<string, string> {
  const start = text.indexOf(words);
  expect(start, words).toBeGreaterThan(0);
  const lines = text.slice(text.indexOf('|---|', start)).split('\n').slice(1);
  const rows = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  );
  return new Map(rows.map((row) => [/`(\w+)`/.exec(row)?.[1] ?? '', row.split(' | ')[1] ?? '']));
}

/** The JSON between backticks; null where the cell is words. */
function cellValue(cell: string): JsonValue | null {
  const json = /^`(.*)`$/.exec(cell)?.[1];
  return json === undefined ? null : parseJson('docs/TRAINING.md', json);
}

it('the configuration', () => {
  const rows = rowsAfter('## Configuration');
  const standard = readTrainingConfig(new JsonValue('c', {}, ''), LABELS);
  expect([...rows.keys()].sort()).toEqual(
    [...Object.keys(standard), 'dataset', 'keep', 'background', 'events', 'start'].sort(),
  );
  for (const [key, cell] of rows) {
    const value = cellValue(cell);
    if (value === null) continue;
    const stated = value.value === null ? {} : { [key]: value.value };
    expect(readTrainingConfig(new JsonValue('c', stated, ''), LABELS), key).toEqual(standard);
  }
  expect([...rows.values()].filter((cell) => cellValue(cell) === null)).toEqual(["the output folder's"]);
});

it('the dataset', () => {
  const rows = rowsAfter('What `dataset` may hold');
  const standard = readDatasetConfig(null);
  expect([...rows.keys()].sort()).toEqual(Object.keys(standard).sort());
  const stated = Object.fromEntries([...rows].map(([key, cell]) => [key, cellValue(cell)?.value]));
  expect(readDatasetConfig(new JsonValue('c', stated, ''))).toEqual(standard);
});

it('event-based cells', () => {
  const rows = rowsAfter('What `events` may hold');
  const read = (events: unknown) =>
    readTrainingConfig(new JsonValue('c', { cell: 'event-egru', events }, ''), LABELS).events;
  const stated = Object.fromEntries([...rows].map(([key, cell]) => [key, cellValue(cell)?.value]));
  expect(read(stated)).toEqual(read(null));
  expect([...rows.keys()].sort()).toEqual(Object.keys(read(null) ?? {}).sort());
});

it('augmentation, by examples', () => {
  const rows = rowsAfter('What `augment` may hold');
  const stated = Object.fromEntries([...rows].map(([key, cell]) => [key, cellValue(cell)?.value]));
  const rules = readAugment(new JsonValue('c', stated, ''));
  expect([...rows.keys()].sort()).toEqual(Object.keys(rules).sort());
  expect(Object.values(rules).filter((rule) => rule === null || rule === false)).toEqual([]);
});

it('the background', () => {
  const rows = rowsAfter('What `background` may hold');
  const standard = readBackground(new JsonValue('c', { path: 'x' }, ''));
  const names = Object.keys(standard).map((key) => (key === 'fileColumn' ? 'file' : key));
  expect([...rows.keys()].sort()).toEqual(names.sort());
  const stated = Object.fromEntries([...rows].map(([key, cell]) => [key, cellValue(cell)?.value]));
  expect(readBackground(new JsonValue('c', { ...stated, path: 'x' }, ''))).toEqual(standard);
});

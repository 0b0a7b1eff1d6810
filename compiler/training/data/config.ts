// SPDX-License-Identifier: Apache-2.0
import type { JsonValue } from '../../core/base/json.ts';
import type { ManifestColumns } from './manifest.ts';
import type { SplitRule } from './splits.ts';

/** A folder whose recordings, at any depth, all bear one label. */
export interface ExtraFolder {
  /** Relative to the dataset's folder. */
  readonly path: string;
  readonly label: string;
  /** rule: split like the others; no-test: the same without a test; train: none of them evaluates. */
  readonly split: 'rule' | 'no-test' | 'train';
}

/** `dataset` of a training's configuration. */
export interface DatasetConfig {
  /** null: a folder per label, or a manifest. */
  readonly pattern: string | null;
  /** Of a manifest. */
  readonly columns: ManifestColumns;
  readonly split: SplitRule;
  /** Files that cannot be used end the command instead of being left out. */
  readonly strict: boolean;
  /** Clips are cut to the word with so many seconds around it; null: they stay whole. */
  readonly trim: number | null;
  /** What labels are called in the model, in its order; those that are not named follow under their own names. */
  readonly names: ReadonlyMap<string, string>;
  readonly extra: readonly ExtraFolder[];
  /** How often a recording of people is drawn for each time that a synthetic one of the same label is. */
  readonly realWeight: number;
  /** Folder of recordings to mix in, relative to the dataset's folder; null: none. */
  readonly backgrounds: string | null;
}

/** Where nothing is stated; open.ts takes another one where recordings are few. */
export const DEFAULT_SPLIT: SplitRule = { by: 'hash', validation: 0.1, test: 0.1 };
const MAX_EXTRA = 1000;
const REAL_WEIGHT = 4;

/** @param value null: everything as it is by default */
export function readDatasetConfig(value: JsonValue | null): DatasetConfig {
  if (value === null) {
    const nothing = { pattern: null, columns: {}, strict: false, trim: null, backgrounds: null };
    return { ...nothing, split: DEFAULT_SPLIT, names: new Map(), extra: [], realWeight: REAL_WEIGHT };
  }
  const dataset = value.object([
    'pattern',
    'columns',
    'split',
    'strict',
    'trim',
    'names',
    'extra',
    'backgrounds',
    'realWeight',
  ]);
  const split = dataset.optional('split');
  const strict = dataset.optional('strict');
  const trim = dataset.optional('trim');
  const names = dataset.optional('names');
  return {
    pattern: dataset.optional('pattern')?.text() ?? null,
    columns: readColumns(dataset.optional('columns')),
    split: split === null ? DEFAULT_SPLIT : readSplit(split),
    strict: strict?.boolean() ?? false,
    trim: trim === null ? null : trim.number(0, 60),
    names: new Map([...(names?.members() ?? [])].map(([label, name]) => [label, name.text()])),
    extra: dataset.optional('extra')?.array(0, MAX_EXTRA).map(readExtra) ?? [],
    backgrounds: dataset.optional('backgrounds')?.text() ?? null,
    realWeight: dataset.optional('realWeight')?.integer(1, 100) ?? REAL_WEIGHT,
  };
}

function readColumns(value: JsonValue | null): ManifestColumns {
  const columns = value?.object(['file', 'label']);
  return { file: columns?.optional('file')?.text(), label: columns?.optional('label')?.text() };
}

function readExtra(value: JsonValue): ExtraFolder {
  const extra = value.object(['path', 'label', 'split']);
  return {
    path: extra.get('path').text(),
    label: extra.get('label').text(),
    split: extra.optional('split')?.choice(['rule', 'no-test', 'train']) ?? 'rule',
  };
}

function readSplit(value: JsonValue): SplitRule {
  const by = value.members().get('by')?.choice(['hash', 'rank', 'field']) ?? value.fail('"by" is missing');
  if (by === 'field') {
    const rule = value.object(['by', 'field', 'validation', 'test']);
    const text = (key: string) => rule.optional(key)?.text() ?? '';
    return {
      by,
      field: rule.get('field').text(),
      validation: rule.get('validation').text(),
      test: text('test'),
    };
  }
  const rule = value.object(['by', 'validation', 'test']);
  const share = (key: string) => {
    const member = rule.optional(key);
    return member === null ? 0 : member.number(0, 0.99);
  };
  return { by, validation: share('validation'), test: share('test') };
}

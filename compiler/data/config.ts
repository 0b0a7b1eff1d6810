// SPDX-License-Identifier: Apache-2.0
import type { JsonValue } from '../base/json.ts';
import type { SplitRule } from './splits.ts';

/** `dataset` of a training's configuration. */
export interface DatasetConfig {
  /** null: a folder per label, or a manifest. */
  readonly pattern: string | null;
  readonly split: SplitRule;
  /** Files that cannot be used end the command instead of being left out. */
  readonly strict: boolean;
  /** Clips are cut to the word with so many seconds around it; null: they stay whole. */
  readonly trim: number | null;
}

const SPLIT: SplitRule = { by: 'hash', validation: 0.1, test: 0.1 };

/** @param value null: everything as it is by default */
export function readDatasetConfig(value: JsonValue | null): DatasetConfig {
  if (value === null) return { pattern: null, split: SPLIT, strict: false, trim: null };
  const dataset = value.object(['pattern', 'split', 'strict', 'trim']);
  const split = dataset.optional('split');
  const strict = dataset.optional('strict');
  const trim = dataset.optional('trim');
  return {
    pattern: dataset.optional('pattern')?.text() ?? null,
    split: split === null ? SPLIT : readSplit(split),
    strict: strict?.boolean() ?? false,
    trim: trim === null ? null : trim.number(0, 60),
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

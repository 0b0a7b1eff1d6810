// SPDX-License-Identifier: Apache-2.0
/**
 * What a file's name contains: its true label and the split it belongs to. Patterns such as
 * `{label}_{speaker}_{index}.wav` name fields; each takes as little as it can and at least one character, never a `/`.
 */
import { basename, dirname } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { escapeRegex } from './glob.ts';
import { type ShareRule, splitByShare } from './shares.ts';

/** The model's `splits`: shares of each label's files, or what names contain. */
export type SplitRules = ShareRule | FieldRules;

/** How names are read, and what each split's fields are: test -> index -> "0-4,7". */
export interface FieldRules {
  readonly pattern: string;
  readonly sets: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export type Fields = ReadonlyMap<string, string>;

/** @param subject flag or file that the pattern comes from, for messages */
export function patternReader(pattern: string, subject: string): (file: string) => Fields | null {
  const names: string[] = [];
  const source = pattern
    .split(/(\{[^{}]*\})/)
    .map((part) => {
      const name = /^\{(.*)\}$/.exec(part)?.[1];
      if (name === undefined) return escapeRegex(part);
      if (!/^[A-Za-z]\w*$/.test(name))
        throw new InputError(subject, `"${part}" is not a field`, 'e.g. {label}');
      if (names.includes(name))
        throw new InputError(subject, `the field {${name}} is listed twice in ${pattern}`);
      names.push(name);
      return '([^/]+?)';
    })
    .join('');
  if (names.length === 0) {
    throw new InputError(subject, `no field in ${pattern}`, 'e.g. {label}_{speaker}_{index}.wav');
  }
  const regex = new RegExp(`(?:^|/)${source}$`, 'su');
  return (file) => {
    const match = regex.exec(file);
    return match === null ? null : new Map(names.map((name, i) => [name, match[i + 1] ?? '']));
  };
}

/** The index of the label that a text stands for: one of the labels or, where these are words, a digit 0 .. 9. */
export function labelIndex(labels: readonly string[], text: string): number | null {
  const named = labels.indexOf(text);
  if (named >= 0) return named;
  const words = !labels.some((label) => /^\d+$/.test(label));
  return words && /^\d$/.test(text) && Number(text) < labels.length ? Number(text) : null;
}

/**
 * The true label of files: from `pattern` where one is given, otherwise from the model's splits or, where these do not
 * fit the name, from the folder's name. null: not known.
 */
export function truthReader(
  labels: readonly string[],
  pattern: string | undefined,
  rules: SplitRules | null,
): (file: string) => number | null {
  if (pattern !== undefined) {
    const read = patternReader(pattern, '--pattern');
    if (!pattern.includes('{label}')) throw new InputError('--pattern', `no {label} in ${pattern}`);
    return (file) => labelOf(labels, read(file));
  }
  const read = rules === null || 'by' in rules ? () => null : patternReader(rules.pattern, 'model.json');
  return (file) => labelOf(labels, read(file)) ?? labelIndex(labels, basename(dirname(file)));
}

function labelOf(labels: readonly string[], fields: Fields | null): number | null {
  const text = fields?.get('label');
  return text === undefined ? null : labelIndex(labels, text);
}

/**
 * The files that belong to a split of the model. Shares are those of the files that are given: of all recordings.
 * @throws InputError where the model has no such split or a rule cannot be read
 */
export function splitTest(
  rules: SplitRules | null,
  split: string,
): (files: readonly string[]) => readonly string[] {
  if (rules !== null && 'by' in rules) {
    if (split !== 'train' && split !== 'validation' && split !== 'test') {
      throw new InputError('--split', `the model's "splits" have no ${split}`, 'train, validation, test');
    }
    const folder = (file: string) => basename(dirname(file));
    return (files) => {
      const places = splitByShare(files, rules, (file) => file, folder);
      return files.filter((file) => places.get(file) === split);
    };
  }
  const isIn = fieldTest(rules, split);
  return (files) => files.filter(isIn);
}

function fieldTest(rules: FieldRules | null, split: string): (file: string) => boolean {
  const wanted = rules?.sets.get(split);
  if (rules === null || wanted === undefined) {
    const known = [...(rules?.sets.keys() ?? [])].join(', ');
    const list = known === '' ? 'it has none' : `it has ${known}`;
    throw new InputError('--split', `the model's "splits" have no rule for ${split}`, list);
  }
  const read = patternReader(rules.pattern, 'model.json');
  const tests = [...wanted].map(([field, rule]) => {
    if (!rules.pattern.includes(`{${field}}`)) {
      throw new InputError('model.json', `its pattern ${rules.pattern} has no {${field}}`, `splits.${split}`);
    }
    return { field, test: valueTest(rule) };
  });
  return (file) => {
    const fields = read(file);
    return fields !== null && tests.every(({ field, test }) => test(fields.get(field) ?? ''));
  };
}

/** "0-4,7" or "george,nicolas": numbers within a range, or texts that are equal. */
function valueTest(rule: string): (value: string) => boolean {
  const parts = rule.split(',').map((part) => part.trim());
  if (parts.includes(''))
    throw new InputError('model.json', `"${rule}" has an empty part; write e.g. 0-4,7`, 'splits');
  const ranges = parts.map((part) => {
    const range = /^(\d+)-(\d+)$/.exec(part);
    return range === null ? part : { low: Number(range[1]), high: Number(range[2]) };
  });
  return (value) =>
    ranges.some((range) =>
      typeof range === 'string'
        ? range === value
        : /^\d+$/.test(value) && Number(value) >= range.low && Number(value) <= range.high,
    );
}

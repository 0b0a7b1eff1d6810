// SPDX-License-Identifier: Apache-2.0
/**
 * What a file's name contains: its true label and the split it belongs to. Patterns such as
 * `{label}_{speaker}_{index}.wav` name fields; each takes as little as it can and at least one character, never a `/`.
 */
import { basename, dirname } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { type ShareRule, splitByShare } from './shares.ts';

/** The model's `splits`: shares of each label's files, or what names contain. */
export type SplitRules = ShareRule | FieldRules;

/** How names are read, and what each split's fields are: test -> index -> "0-4,7". */
export interface FieldRules {
  readonly pattern: string;
  readonly sets: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export type Fields = ReadonlyMap<string, string>;

/** A text that has to be there, or the place in the list of fields of what is found. */
type Part = string | { readonly field: number };

/** @param subject flag or file that the pattern comes from, for messages */
export function patternReader(pattern: string, subject: string): (file: string) => Fields | null {
  const names: string[] = [];
  const parts = pattern
    .split(/(\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part): Part => {
      const name = /^\{(.*)\}$/.exec(part)?.[1];
      if (name === undefined) return part;
      if (!/^[A-Za-z]\w*$/.test(name))
        throw new InputError(subject, `"${part}" is not a field`, 'e.g. {label}');
      if (names.includes(name))
        throw new InputError(subject, `the field {${name}} is listed twice in ${pattern}`);
      return { field: names.push(name) - 1 };
    });
  if (names.length === 0) {
    throw new InputError(subject, `no field in ${pattern}`, 'e.g. {label}_{speaker}_{index}.wav');
  }
  return (file) => {
    const values = matchEnd(parts, file);
    return values === null ? null : new Map(names.map((name, i) => [name, values[i] ?? '']));
  };
}

/**
 * The fields' values where the parts cover the path's end from a name's beginning on: the longest such end, each field as short
 * as it can be. A part that fails at a place is not tried there again: a regular expression would take time that doubles with
 * every field, and patterns come with models.
 */
function matchEnd(parts: readonly Part[], file: string): string[] | null {
  const failed = new Set<number>();
  const values: string[] = [];
  const matches = (index: number, at: number): boolean => {
    const part = parts[index];
    if (part === undefined) return at === file.length;
    if (typeof part === 'string') return file.startsWith(part, at) && matches(index + 1, at + part.length);
    const place = index * (file.length + 1) + at;
    if (failed.has(place)) return false;
    for (let end = at; end < file.length && file[end] !== '/'; ) {
      end += (file.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
      if (!matches(index + 1, end)) continue;
      values[part.field] = file.slice(at, end);
      return true;
    }
    failed.add(place);
    return false;
  };
  for (let at = 0; ; ) {
    if (matches(0, at)) return values;
    at = file.indexOf('/', at) + 1;
    if (at === 0) return null;
  }
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
  // Rules by fields name what is kept out: the rest trains.
  if (split === 'train' && rules !== null && rules.sets.size > 0 && !rules.sets.has(split)) {
    const kept = [...rules.sets.keys()].map((name) => fieldTest(rules, name));
    return (files) => files.filter((file) => !kept.some((isIn) => isIn(file)));
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

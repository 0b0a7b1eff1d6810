// SPDX-License-Identifier: Apache-2.0
/**
 * Which recordings train, which choose the best parameters, and which evaluate them. A recording belongs to one split
 * only, and where that follows from names alone it stays there when others come or go.
 */

import { InputError } from '../../core/base/errors.ts';
import { type ShareRule, type SplitName, splitByShare } from '../../host/audio/shares.ts';
import type { Dataset, Entry } from './entry.ts';

export type { SplitName };

export type SplitRule =
  | ShareRule
  /** By a field such as "index", "speaker" or a column: "0-4,7" or "george,nicolas"; what no split claims trains. */
  | { readonly by: 'field'; readonly field: string; readonly validation: string; readonly test: string };

export type Splits = Readonly<Record<SplitName, readonly Entry[]>>;

/**
 * @throws InputError where a rule cannot be read, a recording lacks the field, or training, validation (or, where it is
 * asked for, test) would stay empty, or a label never trained
 */
export function splitDataset(dataset: Dataset, rule: SplitRule): Splits {
  const byRule = rule.by === 'field' ? peopleByField(dataset, rule) : byHash(dataset, rule);
  const splits: Record<SplitName, Entry[]> = { train: [], validation: [], test: [] };
  for (const entry of dataset.entries) splits[placeOf(entry, byRule)].push(entry);
  moveSynthetic(splits);
  for (const name of ['train', 'validation', 'test'] as const) {
    const wanted = name === 'train' || (rule[name] !== 0 && rule[name] !== '');
    if (wanted && splits[name].length === 0) {
      throw new InputError(dataset.subject, `no recording belongs to the split "${name}"; change the rule`);
    }
  }
  const trained = new Set(splits.train.map(({ label }) => label));
  for (const label of dataset.labels) {
    if (!trained.has(label)) {
      throw new InputError(
        dataset.subject,
        `no recording of "${label}" is left to train on; change the rule`,
      );
    }
  }
  return splits;
}

/** So many recordings of people validate a label alone; synthetic ones would flatter it. */
const ENOUGH = 5;

function moveSynthetic({ train, validation }: Record<SplitName, Entry[]>): void {
  const people = new Map<string, number>();
  for (const { label, spoken } of validation) {
    if (spoken === undefined) people.set(label, (people.get(label) ?? 0) + 1);
  }
  const leaves = ({ label, spoken }: Entry) => spoken !== undefined && (people.get(label) ?? 0) >= ENOUGH;
  const leaving = validation.filter(leaves);
  if (leaving.length === 0) return;
  train.push(...leaving);
  validation.splice(0, validation.length, ...validation.filter((entry) => !leaves(entry)));
}

const nameOf = ({ name }: Entry) => name;

function placeOf(entry: Entry, byRule: (entry: Entry) => SplitName): SplitName {
  if (entry.only === 'train') return 'train';
  const place = byRule(entry);
  return entry.only === 'no-test' && place === 'test' ? 'train' : place;
}

function byHash({ entries }: Dataset, rule: ShareRule): (entry: Entry) => SplitName {
  const { validation, test } = rule;
  if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
    throw new InputError('split', `the shares ${validation} and ${test} leave nothing to train on`);
  }
  const places = (only: Entry['only'], shares: ShareRule) => {
    const some = entries.filter((entry) => entry.only === only);
    return splitByShare(some, shares, nameOf, ({ label }) => label);
  };
  const [free, untested] = [places(undefined, rule), places('no-test', { ...rule, test: 0 })];
  return (entry) => free.get(entry) ?? untested.get(entry) ?? 'train';
}

/** Synthetic recordings have no speakers to be kept apart: they train. */
function peopleByField(
  dataset: Dataset,
  rule: SplitRule & { readonly by: 'field' },
): (entry: Entry) => SplitName {
  const place = byField(dataset, rule);
  return (entry) => (entry.spoken === undefined ? place(entry) : 'train');
}

function byField(
  { subject }: Dataset,
  { field, validation, test }: { readonly field: string; readonly validation: string; readonly test: string },
): (entry: Entry) => SplitName {
  const [isTest, isValidation] = [valueTest(test), valueTest(validation)];
  return (entry) => {
    const value = entry.fields.get(field);
    if (value === undefined) {
      const known = [...entry.fields.keys()].join(', ');
      throw new InputError(subject, `${entry.name} has no field "${field}"; it has ${known}`, 'split');
    }
    const [tests, validates] = [isTest(value), isValidation(value)];
    if (tests && validates) {
      throw new InputError(subject, `"${field}" ${value} is claimed by validation and by test`, 'split');
    }
    return tests ? 'test' : validates ? 'validation' : 'train';
  };
}

/** "0-4,7" or "george,nicolas": numbers within a range, or texts that are equal; "": nothing. */
function valueTest(rule: string): (value: string) => boolean {
  if (rule === '') return () => false;
  const parts = rule.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InputError('split', `"${rule}" has an empty part; write e.g. 0-4,7`);
  const tests = parts.map((part) => {
    const [, low, high] = /^(\d+)-(\d+)$/.exec(part) ?? [];
    if (low === undefined || high === undefined) return (value: string) => value === part;
    if (Number(low) > Number(high)) throw new InputError('split', `the range ${part} runs backwards`);
    return (value: string) =>
      /^\d+$/.test(value) && Number(value) >= Number(low) && Number(value) <= Number(high);
  });
  return (value) => tests.some((test) => test(value));
}

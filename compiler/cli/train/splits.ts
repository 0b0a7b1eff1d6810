// SPDX-License-Identifier: Apache-2.0
/** What the files of a model contain about the dataset it was trained on. */
import type { DatasetConfig } from '../../training/data/config.ts';
import type { Entry } from '../../training/data/entry.ts';
import type { Unusable } from '../../training/data/recordings.ts';
import type { SplitRule, Splits } from '../../training/data/splits.ts';

/** Fields of model.json's patterns. */
const FIELD = /\{([^{}]*)\}/g;
const PLAIN_FIELD = /^[A-Za-z]+$/;

/**
 * `splits` of model.json, for `egru eval --split`.
 * @param pattern how names contain the fields; null: they do not
 * @returns null where model.json has no words for it: splits by field without a pattern, or with fields of names that
 * it does not read. Shares need folders that bear the labels: a pattern without splits gives labels only.
 */
export function modelSplits(pattern: string | null, rule: SplitRule): object | null {
  if (pattern === null) return rule.by === 'field' ? null : rule;
  const fields = [...pattern.matchAll(FIELD)].map(([, name]) => name ?? '');
  if (!fields.every((name) => PLAIN_FIELD.test(name))) return null;
  if (rule.by !== 'field' || !fields.includes(rule.field)) return { pattern };
  const set = (values: string) => (values === '' ? null : { [rule.field]: values });
  const sets = { test: set(rule.test), validation: set(rule.validation) };
  return { pattern, ...Object.fromEntries(Object.entries(sets).filter(([, value]) => value !== null)) };
}

/** `dataset` of training.json, beside what the job knows itself. */
export function aboutDataset(
  config: DatasetConfig,
  rule: SplitRule,
  { train, validation, test }: Splits,
  unusable: readonly Unusable[],
): object {
  const synthetic = (entries: readonly Entry[]) =>
    entries.filter(({ spoken }) => spoken !== undefined).length;
  return {
    test: test.length,
    synthetic: { training: synthetic(train), validation: synthetic(validation) },
    configuration: { ...config, names: Object.fromEntries(config.names), split: rule },
    unusable: unusable.map(({ entry, error }) => ({ file: entry.name, problem: error.problem })),
  };
}

// SPDX-License-Identifier: Apache-2.0
/** The splits of a training as model.json can say them, for `egru eval --split`. */
import type { SplitRule } from '../data/splits.ts';

/** Fields of model.json's patterns. */
const FIELD = /\{([^{}]*)\}/g;
const PLAIN_FIELD = /^[A-Za-z]+$/;

/**
 * @param pattern how names tell the fields; null: they do not
 * @returns null where model.json has no words for it: without a pattern, or with fields of names it does not read.
 * Splits by hash and by rank are no splits by field: then the pattern stands alone, and tells labels only.
 */
export function modelSplits(pattern: string | null, rule: SplitRule): object | null {
  if (pattern === null) return null;
  const fields = [...pattern.matchAll(FIELD)].map(([, name]) => name ?? '');
  if (!fields.every((name) => PLAIN_FIELD.test(name))) return null;
  if (rule.by !== 'field' || !fields.includes(rule.field)) return { pattern };
  const set = (values: string) => (values === '' ? null : { [rule.field]: values });
  const sets = { test: set(rule.test), validation: set(rule.validation) };
  return { pattern, ...Object.fromEntries(Object.entries(sets).filter(([, value]) => value !== null)) };
}

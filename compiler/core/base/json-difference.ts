// SPDX-License-Identifier: Apache-2.0

export interface Difference {
  /** E.g. "phases[1].epochs"; empty at the top level. */
  readonly place: string;
  readonly before: string;
  readonly now: string;
}

/** The first place, keys in order, where two values of plain JSON differ; null: nowhere. */
export function firstDifference(before: unknown, now: unknown, place = ''): Difference | null {
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length) {
    return first(before.map((value, i) => firstDifference(value, now[i], `${place}[${i}]`)));
  }
  if (isObject(before) && isObject(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    const inside = (key: string) => (place === '' ? key : `${place}.${key}`);
    return first(keys.map((key) => firstDifference(before[key], now[key], inside(key))));
  }
  return Object.is(before, now) ? null : { place, before: shown(before), now: shown(now) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first(differences: readonly (Difference | null)[]): Difference | null {
  return differences.find((difference) => difference !== null) ?? null;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}

// SPDX-License-Identifier: Apache-2.0

/** What program.json is made of: no fraction, and lists of numbers on one line. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The canonical text of a value: the same value gives the same bytes. */
export function writeJson(value: Json, indent: string): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error(`${value} is not an integer`);
    return String(value + 0);
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  const deeper = `${indent} `;
  if (isList(value)) {
    if (value.every((item) => typeof item === 'number'))
      return `[${value.map((item) => writeJson(item, '')).join(',')}]`;
    return `[\n${value.map((item) => deeper + writeJson(item, deeper)).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).map(([key, item]) => `${deeper}"${key}": ${writeJson(item, deeper)}`);
  return `{\n${members.join(',\n')}\n${indent}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

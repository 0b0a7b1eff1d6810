// SPDX-License-Identifier: Apache-2.0
/** Commands that are ended, or run twice at once: some rounds; and that one which leaves half a file is found. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inWork } from '../cli/egru.ts';
import { lacking } from '../support/needs.ts';
import { Commands, equal } from './processes/commands.ts';

const commands = new Commands();
afterAll(() => commands.remove());

describe.skipIf(lacking('build', 'arm'))('commands', () => {
  it.each([1, 2, 3, 4, 5, 6])('leave what is whole, or nothing: seed %i', async (seed) => {
    expect(await commands.round(seed)).toEqual([]);
  });
});

it('half a file, a file too many and a file too few are found', () => {
  const folder = (name: string, files: Record<string, string>) => {
    mkdirSync(inWork(name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(inWork(name), file), text);
    return inWork(name);
  };
  const whole = folder('whole', { a: 'abc', b: 'def' });
  expect(equal(folder('same', { a: 'abc', b: 'def', '.egru-1-2.tmp': 'x' }), whole)).toEqual([]);
  expect(equal(folder('half', { a: 'ab', b: 'def' }), whole)).toEqual(['a is not whole']);
  expect(equal(folder('less', { a: 'abc' }), whole)).toEqual(['has a instead of a,b']);
  expect(equal(folder('more', { a: 'abc', b: 'def', c: '' }), whole)).toEqual(['has a,b,c instead of a,b']);
});

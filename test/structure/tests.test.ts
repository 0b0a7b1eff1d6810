// SPDX-License-Identifier: Apache-2.0
/** Habits of the tests: none is left out silently, none depends on a folder that it does not declare. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { required } from '../support/needs.ts';
import { codeOnly } from './source.ts';

const files = readdirSync(packagePath('test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(packagePath('test', path), 'utf8') }));
const tests = files.filter(({ path }) => path.endsWith('.test.ts'));

/** Files in which the pattern is found, with what it found. */
const places = (pattern: RegExp, among = files) =>
  among.flatMap(({ path, text }) =>
    [...codeOnly(text).matchAll(pattern)].map((match) => `${path}: ${match[0].trim()}`),
  );

describe('tests', () => {
  it('lie in a folder of their subject, which vitest.config.ts sorts into pure and slow', () => {
    expect(tests.filter(({ path }) => !path.includes('/')).map(({ path }) => path)).toEqual([]);
  });

  it('assert something', () => {
    expect(tests.filter(({ text }) => !/\bexpect\w*\(/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('are left out only for a need that EGRU_REQUIRE can name', () => {
    expect(places(/\b(?:describe|it|test)\.(?:skip|todo|only|fails)\b.*/g)).toEqual([]);
    expect(places(/\b(?:skipIf|runIf)\((?!lacking(?:Recordings)?\(|threaded && lacking\().*/g)).toEqual([]);
  });

  it('take recordings of people only from the folder of support/shared.ts', () => {
    const outside = files.filter(({ text }) => /packagePath\(\s*'\.\.'/.test(text)).map(({ path }) => path);
    expect(outside).toEqual(['support/shared.ts']);
  });
});

describe('EGRU_REQUIRE', () => {
  it('is a list, from which a name is taken away again', () => {
    expect(required('')).toEqual([]);
    expect(required('arm,qemu torch')).toEqual(['arm', 'qemu', 'torch']);
    expect(required('all')).toContain('recordings');
    expect(required('all -torch').sort()).toEqual(
      required('all')
        .filter((need) => need !== 'torch')
        .sort(),
    );
  });

  it('refuses what is not a need', () => {
    expect(() => required('all -pytorch')).toThrow('"-pytorch" is not one of all, arm, ');
  });
});

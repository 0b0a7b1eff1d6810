// SPDX-License-Identifier: Apache-2.0
/** A file holds one idea and fits on a few pages; a folder shows what it holds at a glance. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';

const ROOTS = ['compiler', 'runtime-c', 'firmware', 'templates', 'test', 'docs'];
const SOURCE = /\.(?:ts|js|[chS]|py|sh)$/;
const MAX_LINES = 350;
const MAX_FILES = 20;

/** Longer files, each with its limit and the reason why it is not cut. */
const LONG: ReadonlyMap<string, number> = new Map([
  // One loop over all instructions that keeps the machine's state in local variables.
  ['compiler/emulator/core/interpreter.ts', 800],
]);

const files = ROOTS.flatMap((root) =>
  readdirSync(packagePath(root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => ({
      folder: entry.parentPath.slice(packagePath().length).replace(/^\//, ''),
      name: entry.name,
    })),
);
const sources = files
  .filter(({ name }) => SOURCE.test(name))
  .map(({ folder, name }) => `${folder}/${name}`)
  // Generated, and compared byte for byte.
  .filter((path) => !path.startsWith('test/golden/'));

const text = (path: string) => readFileSync(packagePath(path), 'utf8');
const linesOf = (path: string) => text(path).split('\n').length - 1;

describe('files', () => {
  it('are found', () => {
    expect(sources).toContain('firmware/app/main.c');
    expect(sources.length).toBeGreaterThan(400);
  });

  it(`have at most ${MAX_LINES} lines`, () => {
    const long = sources
      .filter((path) => linesOf(path) > (LONG.get(path) ?? MAX_LINES))
      .map((path) => `${path}: ${linesOf(path)}`);
    expect(long).toEqual([]);
  });

  it('begin with their licence', () => {
    const without = sources.filter(
      (path) => !/^(?:#!.*\n)?(?:\/\/|\/\*|@|#) ?SPDX-License-Identifier: /.test(text(path)),
    );
    expect(without).toEqual([]);
  });
});

describe('folders', () => {
  it(`have at most ${MAX_FILES} files side by side`, () => {
    const counts = new Map<string, number>();
    for (const { folder } of files) counts.set(folder, (counts.get(folder) ?? 0) + 1);
    const full = [...counts].filter(([, count]) => count > MAX_FILES);
    expect(full.map(([folder, count]) => `${folder}: ${count}`)).toEqual([]);
  });
});

it('exceptions are still exceptions', () => {
  const short = [...LONG.keys()].filter((path) => !sources.includes(path) || linesOf(path) <= MAX_LINES);
  expect(short).toEqual([]);
});

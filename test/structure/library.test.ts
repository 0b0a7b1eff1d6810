// SPDX-License-Identifier: Apache-2.0
/** The library's face: what it exports is documented where it is declared, and needs nothing of the tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';

const read = (path: string) => readFileSync(packagePath(path), 'utf8');
const { exports: entries } = JSON.parse(read('package.json')) as {
  exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
};

/** The source of a built file. */
const sourceOf = (built: string) =>
  built.replace('./build/dist/', 'compiler/').replace(/(\.d\.ts|\.js)$/, '.ts');
const sources = Object.values(entries).flatMap((entry) =>
  typeof entry === 'string' ? [] : [sourceOf(entry.default)],
);

interface Exported {
  readonly name: string;
  /** The text before its declaration. */
  readonly before: string;
}

/** What a source exports, with where it is declared; follows re-exports. */
function exportsOf(path: string): Exported[] {
  const text = read(path);
  const follow = (specifier: string) => join(dirname(path), specifier);
  const declared = [
    ...text.matchAll(
      /^export (?:declare )?(?:abstract )?(?:async )?(?:function|class|const|interface|type) (\w+)/gm,
    ),
  ].map(({ 1: name = '', index }) => ({ name, before: text.slice(0, index) }));
  const all = [...text.matchAll(/^export (?:type )?\* from '(.*)';/gm)].flatMap(([, specifier = '']) =>
    exportsOf(follow(specifier)),
  );
  const named = [...text.matchAll(/^export (?:type )?\{([^}]*)\} from '(.*)';/gm)].flatMap(
    ([, list = '', specifier = '']) => {
      const there = exportsOf(follow(specifier));
      return list
        .split(',')
        .map((item) => item.replace(/\btype\s/, '').trim())
        .filter((item) => item !== '')
        .map((item) => {
          const [own = '', name = own] = item.split(' as ');
          const found = there.find((candidate) => candidate.name === own);
          if (found === undefined) throw new Error(`${path} exports ${item}, which ${specifier} does not`);
          return { ...found, name };
        });
    },
  );
  return [...declared, ...all, ...named];
}

describe('entries of the library', () => {
  it('are sources with types', () => {
    expect(Object.keys(entries)).toEqual([
      '.',
      './core',
      './weights',
      './codegen',
      './device',
      './package.json',
    ]);
    for (const entry of Object.values(entries)) {
      if (typeof entry === 'string') continue;
      expect(sourceOf(entry.types)).toBe(sourceOf(entry.default));
      expect(read(sourceOf(entry.types))).toContain('export ');
    }
  });

  it.each(sources)('%s documents all that it exports', (path) => {
    const found = exportsOf(path);
    expect(found.length).toBeGreaterThan(1);
    const bare = found.filter(({ before }) => !before.endsWith('*/\n')).map(({ name }) => name);
    expect(bare.join()).toBe('');
  });
});

describe('the product', () => {
  it('reads nothing below test/', () => {
    const files = ['compiler', 'templates', 'firmware', 'runtime-c'].flatMap((root) =>
      readdirSync(packagePath(root), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(?:ts|js|c|h|S|hbs)$/.test(path))
        .map((path) => `${root}/${path}`),
    );
    const readers = files.filter((path) =>
      /packagePath\(\s*['"`]test\b|from '[^']*\/test\/|\bimport\('[^']*\/test\/|#include "[^"]*\/test\//.test(
        read(path),
      ),
    );
    expect(files.length).toBeGreaterThan(400);
    expect(readers).toEqual([]);
  });
});

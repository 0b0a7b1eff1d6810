// SPDX-License-Identifier: Apache-2.0
/** Holds the sources to docs/DESIGN.md, whose table is read from the document itself, and to the habits of the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/base/paths.ts';
import { findAny, importsOf } from './source.ts';

const root = packagePath('compiler');
const MAX_LINES = 350;
/** Longer files, each with the reason why it cannot be cut. */
const LONG: ReadonlyMap<string, number> = new Map([
  // One loop over all instructions that keeps the machine's state in local variables.
  ['emulator/interpreter.ts', 800],
]);

interface Source {
  /** Relative to compiler/. */
  readonly path: string;
  /** The folder below compiler/; "" for compiler/main.ts and its like. */
  readonly folder: string;
  readonly text: string;
}

const sources: readonly Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map((path) => ({ path, folder: folderOf(path), text: readFileSync(join(root, path), 'utf8') }));

function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : '';
}

/** Rows `| folder | holds | may import |` of the design document; null: everything. */
function readTable(): ReadonlyMap<string, readonly string[] | null> {
  const text = readFileSync(packagePath('docs', 'DESIGN.md'), 'utf8');
  const start = text.indexOf('| folder (compiler/) | holds | may import |');
  expect(start, 'docs/DESIGN.md has the table of folders').toBeGreaterThan(0);
  const rows = text.slice(start).split('\n').slice(2);
  const end = rows.findIndex((row) => !row.startsWith('|'));
  return new Map(
    rows.slice(0, end).map((row) => {
      const [folder = '', , list = ''] = row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [
        folder,
        list === 'everything' ? null : list === '-' ? [] : list.split(',').map((name) => name.trim()),
      ];
    }),
  );
}

const table = readTable();

/** Folders that each source's relative imports lead to. */
const edges = sources.flatMap(({ path, folder, text }) =>
  importsOf(text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => {
      const target = relative(root, resolve(root, dirname(path), specifier));
      return { path, folder, specifier, target, to: target.startsWith('..') ? null : folderOf(target) };
    }),
);

describe('docs/DESIGN.md', () => {
  it('names every folder of compiler/, and no other', () => {
    const folders = new Set(sources.map(({ folder }) => folder).filter((folder) => folder !== ''));
    const known = [...table.keys()];
    expect([...folders].filter((folder) => !known.includes(folder))).toEqual([]);
    expect(known.filter((folder) => !folders.has(folder) && !isPlanned(folder))).toEqual([]);
    for (const [folder, list] of table) {
      for (const name of list ?? []) expect(known, `${folder} may import ${name}`).toContain(name);
    }
  });

  it('permits every import', () => {
    const broken = edges
      .filter(({ folder }) => folder !== '')
      .filter(({ folder, to }) => {
        const permitted = table.get(folder);
        return to === null || to === '' || (to !== folder && permitted !== null && !permitted?.includes(to));
      })
      .map(({ path, specifier }) => `${path} imports ${specifier}`);
    expect(broken).toEqual([]);
  });

  it('permits no cycle of folders', () => {
    const graph = new Map([...table].map(([folder, list]) => [folder, list ?? []]));
    expect(cycle(graph)).toBeNull();
    const real = new Map([...table.keys()].map((folder) => [folder, [] as string[]]));
    for (const { folder, to } of edges) {
      if (to !== null && to !== '' && to !== folder) real.get(folder)?.push(to);
    }
    expect(cycle(real)).toBeNull();
  });
});

/** A folder that the table announces before its first file. */
function isPlanned(folder: string): boolean {
  return readdirSync(root).includes(folder);
}

/** Names along a cycle, or null. */
function cycle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const visit = (node: string, above: readonly string[]): string[] | null => {
    if (above.includes(node)) return [...above.slice(above.indexOf(node)), node];
    if (done.has(node)) return null;
    for (const next of graph.get(node) ?? []) {
      const found = visit(next, [...above, node]);
      if (found !== null) return found;
    }
    done.add(node);
    return null;
  };
  for (const node of graph.keys()) {
    const found = visit(node, []);
    if (found !== null) return found;
  }
  return null;
}

describe('sources', () => {
  it('import no module twice round: no cycle of files', () => {
    const graph = new Map(sources.map(({ path }) => [path, [] as string[]]));
    // Types are gone at run time, so that only imports of values can hang.
    for (const { path, text } of sources) {
      for (const specifier of importsOf(text, 'values')) {
        if (specifier.startsWith('.')) {
          graph.get(path)?.push(relative(root, resolve(root, dirname(path), specifier)));
        }
      }
    }
    expect(cycle(graph)).toBeNull();
  });

  it('import existing TypeScript files by their .ts names', () => {
    const known = new Set(sources.map(({ path }) => path));
    const odd = edges.filter(({ target }) => !known.has(target) && !target.endsWith('.json'));
    expect(odd.map(({ path, specifier }) => `${path} imports ${specifier}`)).toEqual([]);
  });

  it('are long only where they have to be', () => {
    const long = sources
      .filter(({ text }) => text.split('\n').length - 1 > MAX_LINES)
      .map(({ path }) => path);
    expect(
      [...LONG.keys()].filter((path) => !long.includes(path)),
      'no longer long',
    ).toEqual([]);
  });

  it.each(sources)('$path', ({ path, text }) => {
    expect(text.startsWith('// SPDX-License-Identifier: Apache-2.0\n'), 'begins with the licence').toBe(true);
    expect(text.split('\n').length - 1, 'lines').toBeLessThanOrEqual(LONG.get(path) ?? MAX_LINES);
    expect(findAny(text), 'the type any').toBeNull();
    expect(text.match(/@ts-(ignore|nocheck|expect-error)|biome-ignore-all/)?.[0]).toBeUndefined();
    expect(text.match(/\b(TODO|FIXME|XXX)\b/)?.[0]).toBeUndefined();
  });
});

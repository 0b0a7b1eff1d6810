// SPDX-License-Identifier: Apache-2.0
/** Holds the sources to docs/DESIGN.md, whose table is read from the document itself, and to the habits of the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { findAny, importsOf } from './source.ts';

const root = packagePath('compiler');

interface Source {
  /** Relative to compiler/. */
  readonly path: string;
  /** The folder below compiler/, as the table names it; "" for compiler/main.ts and its like. */
  readonly folder: string;
  readonly text: string;
}

const sources: readonly Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map((path) => ({ path, folder: folderOf(path), text: readFileSync(join(root, path), 'utf8') }));

/** "group/folder", or "group" where a group has no folders. */
function folderOf(path: string): string {
  return path.split('/').slice(0, -1).slice(0, 2).join('/');
}

function groupOf(folder: string): string {
  return folder.split('/')[0] ?? '';
}

interface Law {
  readonly group: string;
  /** Groups and folders; null: everything. */
  readonly mayImport: readonly string[] | null;
}

/** Rows `| group | folder | holds | may import |` of the design document, by folder. */
function readTable(): ReadonlyMap<string, Law> {
  const text = readFileSync(packagePath('docs', 'DESIGN.md'), 'utf8');
  const start = text.indexOf('| group | folder (compiler/) | holds | may import |');
  expect(start, 'docs/DESIGN.md has the table of folders').toBeGreaterThan(0);
  const rows = text.slice(start).split('\n').slice(2);
  const end = rows.findIndex((row) => !row.startsWith('|'));
  return new Map(
    rows.slice(0, end).map((row) => {
      const [group = '', folder = '', , list = ''] = row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      const mayImport =
        list === 'everything' ? null : list === '-' ? [] : list.split(',').map((name) => name.trim());
      return [folder, { group, mayImport }];
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

/** Folders that a row permits: a group stands for all of its folders. */
function permittedBy({ mayImport }: Law): readonly string[] {
  if (mayImport === null) return [...table.keys()];
  return [...table.keys()].filter(
    (folder) => mayImport.includes(folder) || mayImport.includes(groupOf(folder)),
  );
}

describe('docs/DESIGN.md', () => {
  it('names every folder of compiler/ with its group, and no other', () => {
    const folders = new Set(
      sources.map(({ folder }) => folder).filter((folder) => folder !== '' && folder !== 'bin'),
    );
    const known = [...table.keys()];
    expect([...folders].filter((folder) => !known.includes(folder))).toEqual([]);
    expect(known.filter((folder) => !folders.has(folder))).toEqual([]);
    const groups = new Set([...table.values()].map(({ group }) => group));
    for (const [folder, { group, mayImport }] of table) {
      expect(group, folder).toBe(groupOf(folder));
      for (const name of mayImport ?? [])
        expect([...known, ...groups], `${folder} may import ${name}`).toContain(name);
    }
  });

  it('permits every import', () => {
    const broken = edges
      .filter(({ folder }) => folder !== '')
      .filter(({ folder, to }) => {
        const law = table.get(folder);
        return to === null || (to !== folder && (law === undefined || !permittedBy(law).includes(to)));
      })
      .map(({ path, specifier }) => `${path} imports ${specifier}`);
    expect(broken).toEqual([]);
  });

  it('permits nothing that no import uses', () => {
    const used = (folder: string, name: string) =>
      edges.some(({ folder: from, to }) => from === folder && (to === name || groupOf(to ?? '') === name));
    const idle = [...table].flatMap(([folder, { mayImport }]) =>
      (mayImport ?? []).filter((name) => !used(folder, name)).map((name) => `${folder} may import ${name}`),
    );
    expect(idle).toEqual([]);
  });

  it('permits no cycle of folders', () => {
    const allowed = new Map(
      [...table].map(([folder, law]) => [folder, law.mayImport === null ? [] : permittedBy(law)]),
    );
    for (const [folder, names] of allowed)
      allowed.set(
        folder,
        names.filter((name) => name !== folder),
      );
    expect(cycle(allowed)).toBeNull();
  });

  it('permits no cycle of groups', () => {
    const real = new Map([...table.values()].map(({ group }) => [group, [] as string[]]));
    for (const { folder, to } of edges) {
      const [from, target] = [groupOf(folder), groupOf(to ?? '')];
      if (from !== '' && target !== '' && from !== target) real.get(from)?.push(target);
    }
    expect(cycle(real)).toBeNull();
  });
});

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
  it('form no circle of files, imports of types included', () => {
    const graph = new Map(sources.map(({ path }) => [path, [] as string[]]));
    for (const { path, text } of sources) {
      for (const specifier of importsOf(text)) {
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

  it.each(sources)('$path', ({ text }) => {
    expect(findAny(text), 'the type any').toBeNull();
    expect(text.match(/@ts-(ignore|nocheck|expect-error)|biome-ignore-all/)?.[0]).toBeUndefined();
    expect(text.match(/\b(TODO|FIXME|XXX)\b/)?.[0]).toBeUndefined();
  });
});

// SPDX-License-Identifier: Apache-2.0
/** Documentation that can be read in a terminal, and that names only what there is. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';

const MAX_WIDTH = 120;

const read = (path: string) => readFileSync(packagePath(path), 'utf8');
const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...['docs', 'models', 'test', 'firmware'].flatMap((root) =>
    readdirSync(packagePath(root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${root}/${name}`),
  ),
];

describe('documents', () => {
  it('are found', () => {
    expect(documents).toContain('docs/DESIGN.md');
    expect(documents).toContain('models/wake-words/MODEL_CARD.md');
  });

  it.each(documents)(`%s has lines of at most ${MAX_WIDTH} characters`, (path) => {
    // Tables and links cannot be broken, code is what it is.
    const prose = read(path)
      .replace(/^```[\s\S]*?^```/gm, '')
      .split('\n')
      .filter((line) => !/^\s*\|/.test(line) && /\s\S+\s/.test(line.trim()));
    expect(prose.filter((line) => line.length > MAX_WIDTH)).toEqual([]);
  });

  it.each(documents)('%s links to files that exist', (path) => {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
    const links = [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)].map(
      ([, target = '']) => target,
    );
    expect(links.filter((target) => !existsSync(packagePath(folder, target)))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  it('names files and folders that exist', () => {
    const named = [
      ...read('CONTRIBUTING.md').matchAll(
        /(?<![\w/.])((?:compiler|runtime-c|templates|models|firmware|test|docs)\/[\w./-]*\w\/?)/g,
      ),
    ].map(([, path = '']) => path);
    // In capitals: for the reader to fill in.
    const missing = named.filter((path) => !/[A-Z]{4}(?!\.md)/.test(path) && !existsSync(packagePath(path)));
    expect(named.length).toBeGreaterThan(15);
    expect(missing).toEqual([]);
  });

  it('names targets that the Makefile has', () => {
    const targets = [...read('CONTRIBUTING.md').matchAll(/\bmake ([a-z]+)\b/g)].map(([, name]) => name);
    const known = [...read('Makefile').matchAll(/^([a-z]+):/gm)].map(([, name]) => name);
    expect(targets.filter((name) => !known.includes(name))).toEqual([]);
    expect(targets).toContain('check');
  });
});

describe('docs/SECURITY.md', () => {
  const text = read('docs/SECURITY.md');

  it('numbers its invariants from 1, and names for each a test that exists', () => {
    const rows = text.split('\n').filter((line) => /^\| \d+ \|/.test(line));
    expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(rows.map((_, i) => i + 1));
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) expect(row, 'a test').toMatch(/\btest\/[\w/-]+\.(?:test\.ts|c)\b/);
  });

  it('names files that exist', () => {
    const named = [...text.matchAll(/\b(?:test|compiler|firmware|runtime-c)\/[\w./-]*\w/g)].map(
      ([path]) => path,
    );
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter((path) => !existsSync(packagePath(path)))).toEqual([]);
  });
});

describe('CHANGELOG.md', () => {
  it('has bullets under Added, Changed and Fixed, and states for each version whether bits changed', () => {
    const versions = read('CHANGELOG.md').split(/^## /m).slice(1);
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) {
      expect(version).toMatch(/^Bits changed: (?:yes|no)\b/m);
      const headings = [...version.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
      expect(headings.filter((heading) => !['Added', 'Changed', 'Fixed'].includes(heading ?? ''))).toEqual(
        [],
      );
      for (const section of version.split(/^### /m).slice(1)) expect(section).toMatch(/^\w+\n\n- /);
    }
  });
});

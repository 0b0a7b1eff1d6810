// SPDX-License-Identifier: Apache-2.0
/** What a page needs runs without Node: no module, no global of Node's in these folders, nor in what they import. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { codeOnly, importsOf } from './source.ts';

/** Packages that run in a page as they are. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: ['fflate'],
  codegen: ['handlebars'],
  emulator: ['rp2040js'],
};
const GLOBALS = /\b(?:Buffer|process|require|__dirname|__filename|setImmediate)\b(?!['"]?\s*:)/g;

/** What is wrong with a source of that group; empty: nothing. */
function impurities(group: string, text: string): string[] {
  const modules = importsOf(text).filter((name) => !name.startsWith('.') && !PACKAGES[group]?.includes(name));
  return [...modules, ...(codeOnly(text).match(GLOBALS) ?? [])];
}

describe.each(Object.keys(PACKAGES))('compiler/%s', (group) => {
  const root = packagePath('compiler', group);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );

  it('needs no Node', () => {
    expect(files.length).toBeGreaterThan(5);
    const found = files.flatMap((path) =>
      impurities(group, readFileSync(join(root, path), 'utf8')).map((what) => `${path}: ${what}`),
    );
    expect(found).toEqual([]);
  });
});

describe('the check', () => {
  it('finds modules and globals of Node', () => {
    const text =
      "import { join } from 'node:path';\nexport const x = Buffer.from(process.argv[0] ?? join());\n";
    expect(impurities('core', text)).toEqual(['node:path', 'Buffer', 'process']);
    expect(impurities('core', "/** Buffer */ export const x = 'process';\n")).toEqual([]);
  });
});

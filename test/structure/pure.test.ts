// SPDX-License-Identifier: Apache-2.0
/** What a page needs runs without Node: no module, no global of Node's in these folders, nor in what they import. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { codeOnly, importsOf } from './source.ts';

/** Groups and folders that run in a page, with the packages that they use and that run there as they are. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: ['fflate'],
  codegen: ['handlebars'],
  boards: [],
  emulator: ['rp2040js'],
  'machines/image': [],
  'machines/protocol': [],
  'machines/emulated': [],
  'report/measure': [],
  'page/session': ['fflate'],
  'page/board': [],
  'page/workers': [],
  'page/app': [],
};
const GLOBALS = /\b(?:Buffer|process|require|__dirname|__filename|setImmediate)\b(?!['"]?\s*:)/g;

/** Not Node's: the audio thread calls a method of this name. */
const OTHERS = ['capture.ts: process'];

/** What is wrong with a source of that group; empty: nothing. @param path of the source, below the group */
function impurities(group: string, path: string, text: string): string[] {
  const modules = importsOf(text).filter((name) => {
    if (!name.startsWith('.')) return !PACKAGES[group]?.includes(name);
    const target = join(group, dirname(path), name);
    return !Object.keys(PACKAGES).some((pure) => target.startsWith(`${pure}/`));
  });
  return [...modules, ...(codeOnly(text).match(GLOBALS) ?? [])];
}

describe.each(Object.keys(PACKAGES))('compiler/%s', (group) => {
  const root = packagePath('compiler', ...group.split('/'));
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );

  it('needs no Node', () => {
    expect(files.length).toBeGreaterThan(0);
    const found = files.flatMap((path) =>
      impurities(group, path, readFileSync(join(root, path), 'utf8')).map((what) => `${path}: ${what}`),
    );
    expect(found.filter((what) => !OTHERS.includes(what))).toEqual([]);
  });
});

describe('the check', () => {
  it('finds modules and globals of Node', () => {
    const text =
      "import { join } from 'node:path';\nexport const x = Buffer.from(process.argv[0] ?? join());\n";
    expect(impurities('core', 'x.ts', text)).toEqual(['node:path', 'Buffer', 'process']);
    expect(impurities('core', 'x.ts', "/** Buffer */ export const x = 'process';\n")).toEqual([]);
  });

  it('finds a way into a folder that needs Node', () => {
    const from = (name: string) => impurities('core', 'sim/x.ts', `import { x } from '${name}';\n`);
    expect(from('../base/json.ts')).toEqual([]);
    expect(from('../../host/files/files.ts')).toEqual(['../../host/files/files.ts']);
  });
});

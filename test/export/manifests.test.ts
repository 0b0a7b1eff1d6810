// SPDX-License-Identifier: Apache-2.0
/** Manifests of exported libraries against what their ecosystems publish of them. */
import { describe, expect, test } from 'vitest';
import { exampleNoise } from '../../compiler/codegen/export/example.ts';
import { exportKinds } from '../../compiler/codegen/export/kinds.ts';
import { prefixFrom } from '../../compiler/codegen/export/model.ts';
import { ears, library, other } from './models.ts';

function text(kind: Parameters<typeof library>[0], path: string): string {
  const file = library(kind).find((one) => one.path === path);
  expect(file, `${kind} has ${path}`).toBeDefined();
  return file?.text ?? '';
}

describe('library.properties, by the Arduino library specification (revision 2.2)', () => {
  const lines = text('arduino', 'library.properties').trimEnd().split('\n');
  const properties = new Map(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

  test('has every required property once, and no other than the specification knows', () => {
    const required = 'name version author maintainer sentence paragraph category url architectures'.split(
      ' ',
    );
    const optional = 'depends dot_a_linkage includes precompiled ldflags license'.split(' ');
    expect(properties.size).toBe(lines.length);
    expect(required.filter((name) => !properties.get(name))).toEqual([]);
    expect([...properties.keys()].filter((name) => ![...required, ...optional].includes(name))).toEqual([]);
  });

  test('has values that the Library Manager accepts', () => {
    expect(properties.get('name')).toMatch(/^(?!arduino)[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$/i);
    expect(properties.get('version')).toBe('1.2.3');
    const categories =
      'Display,Communication,Signal Input/Output,Sensors,Device Control,Timing,Data Storage,Data Processing,Other';
    expect(categories.split(',')).toContain(properties.get('category'));
    expect(properties.get('includes')).toBe('ears.h,other.h');
    expect(properties.get('license')).toBe('Apache-2.0 AND CC-BY-SA-4.0');
  });

  test('lets two libraries share a runtime: the linker takes archives member by member', () => {
    expect(properties.get('dot_a_linkage')).toBe('true');
  });
});

describe('library.json, by the schema of PlatformIO', () => {
  const manifest = JSON.parse(text('platformio', 'library.json'));

  test('has what is required, within its lengths', () => {
    expect(manifest.name).toMatch(/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/);
    expect(manifest.name.length).toBeLessThanOrEqual(50);
    expect(manifest.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(manifest.version.length).toBeLessThanOrEqual(20);
    expect(manifest.description.length).toBeLessThanOrEqual(255);
    expect(manifest.keywords.every((word: string) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(word))).toBe(true);
  });

  test('has no key that the schema does not know', () => {
    const known =
      '$schema name version description keywords homepage repository authors license frameworks platforms headers examples dependencies export scripts build';
    expect(Object.keys(manifest).filter((key) => !known.split(' ').includes(key))).toEqual([]);
    expect(manifest.authors).toEqual([{ name: 'A. Nobody', email: 'nobody@egru.example', maintainer: true }]);
  });

  test('names examples that are there', () => {
    const paths = library('platformio').map(({ path }) => path);
    const examples: { base: string; files: string[] }[] = manifest.examples;
    expect(examples.length).toBe(3);
    for (const { base, files } of examples)
      for (const file of files) expect(paths).toContain(`${base}/${file}`);
  });
});

test('module.yml of Zephyr names the folder with CMakeLists.txt and Kconfig', () => {
  const module = text('zephyr', 'zephyr/module.yml');
  expect(module).toMatch(/^name: two_models$/m);
  expect(module).toMatch(/^build:\n {2}cmake: zephyr\n {2}kconfig: zephyr\/Kconfig$/m);
  expect(text('zephyr', 'zephyr/Kconfig')).toMatch(/^config TWO_MODELS\n\tbool "/m);
  expect(text('zephyr', 'samples/classify/prj.conf')).toMatch(/^CONFIG_TWO_MODELS=y$/m);
});

test.each(exportKinds)('%s: no path leaves its folder, and no name begins a line of its own', (kind) => {
  const files = library(kind, kind === 'c' ? [other] : undefined);
  expect(files.map(({ path }) => path).filter((path) => /^\/|\.\.|\\/.test(path))).toEqual([]);
  expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
  expect(files.filter(({ text: whole }) => /^name=evil/m.test(whole)).map(({ path }) => path)).toEqual([]);
  expect(files.find(({ path }) => path === 'LICENSE')?.text).toMatch(/Apache License/);
});

test('the same models give the same bytes', () => {
  expect(library('arduino')).toEqual(library('arduino'));
});

test('two models with one prefix, and two models for a pair of files, are refused', () => {
  expect(() => library('cmake', [ears, { ...other, prefix: 'ears' }])).toThrow(
    /prefix "ears": two models have it/,
  );
  expect(() => library('c')).toThrow(/one model fills the pair of files/);
});

test.each([
  ['wake-words', 'wake_words'],
  ['Hey, Lampe!', 'hey_lampe'],
  ['Grüße', 'gru_e'],
])('the prefix of "%s"', (name, prefix) => {
  expect(prefixFrom(name)).toBe(prefix);
});

test.each(['7 words', '雪', 'int', ''])('"%s" is not a prefix', (name) => {
  expect(() => prefixFrom(name)).toThrow(/give one with --prefix/);
});

test('noise of the examples keeps to 14 bits', () => {
  const noise = exampleNoise(20000);
  expect([Math.min(...noise) >= -8192, Math.max(...noise) <= 8191]).toEqual([true, true]);
  expect(new Set(noise).size).toBeGreaterThan(10000);
});

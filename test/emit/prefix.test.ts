// SPDX-License-Identifier: Apache-2.0
/** Names of generated files and of what is in them. */
import { describe, expect, test } from 'vitest';
import { kernelNames } from '../../compiler/codegen/emit/emit.ts';
import { emitProject } from '../../compiler/codegen/emit/project.ts';
import { namesOf } from '../../compiler/codegen/text/names.ts';
import { InputError } from '../../compiler/core/base/errors.ts';
import { quantize } from '../../compiler/core/quant/quantize.ts';
import { packageAssets } from '../../compiler/host/files/assets.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadModel } from '../../compiler/host/load/load.ts';

const program = quantize(loadModel(packagePath('models', 'wake-words')));
const options = { command: 'test', assets: packageAssets() } as const;

const hostile = [
  ...['int', 'class', 'Return', '_Bool', 'bool', 'co_await', 'thread_local'],
  ...['egru', 'EGRU', 'egru_stream', 'stdint', 'string', 'math'],
  ...['1st', '9', 'a-b', 'a b', 'a.b', '../up', '/etc/passwd', 'a\\b', 'a\nb', '"', '*/', '%s', ''],
  ...['_a', 'a_', 'a__b', '__a', 'caf\u00e9', '\u0430bc', '\u202ea', '\u{1f600}', '\0', 'a\0b'],
  ...['x'.repeat(25), 'y'.repeat(100_000), '\u202e'.repeat(5000)],
];

describe('a prefix', () => {
  test.each(hostile.map((prefix) => [prefix.slice(0, 30), prefix]))(
    '%j is refused in one line',
    (_, prefix) => {
      const emitted = () => emitProject(program, { ...options, kernel: 'packed', prefix });
      expect(emitted).toThrow(InputError);
      expect(emitted).toThrow(/^prefix ".*": (is|would|belongs).*; choose a(nother| shorter one)$/);
      expect(emitted).toThrow(/^[^\p{Cc}\p{Cf}]{1,200}$/u);
    },
  );

  test.each(['wake', 'Wake2', 'a', 'digits_of_2', 'x'.repeat(24), 'interior', 'model2'])(
    '%s is taken',
    (prefix) => {
      expect(namesOf(prefix)).toMatchObject({
        ...{ model: `${prefix}_model`, detect: `${prefix}_detect`, step: `${prefix}_step` },
        macro: `${prefix.toUpperCase()}_`,
      });
    },
  );

  test('is `model` by default, and then the model is called `model`', () => {
    expect(namesOf()).toEqual(namesOf('model'));
    expect(namesOf()).toMatchObject({ model: 'model', detect: 'model_detect', step: 'model_step' });
  });

  test.each(kernelNames)('is in front of every name of the %s kernel', (kernel) => {
    const files = emitProject(program, { ...options, kernel, prefix: 'wake' });
    const own = files.filter(({ path }) => !path.startsWith('egru/'));
    expect(own.map(({ path }) => path.replace(/^wake[._].*/, 'wake'))).toEqual(
      own.map(({ path }) => (path === 'Makefile' ? path : 'wake')),
    );
    for (const { text } of own) {
      expect(text.match(/\bMODEL_\w+|\bmodel_\w+|\blibmodel|"model/g)).toBe(null);
    }
    const header = own.find(({ path }) => path === 'wake.h')?.text ?? '';
    expect(header).toMatch(/#define WAKE_OUTPUTS +6 /);
    expect(header).toContain('extern const egru_model wake_model;');
    expect(header).toContain('extern const egru_detect wake_detect;');
    expect(header).toContain('WAKE_LABEL_SNOWBOY');
  });
});

test('the runtime lies in a folder of its own, with its licence', () => {
  const files = emitProject(program, { ...options, kernel: 'packed' });
  const runtime = files.filter(({ path }) => /(^|\/)egru/.test(path));
  expect(runtime.filter(({ path }) => !path.startsWith('egru/'))).toEqual([]);
  expect(runtime.length).toBeGreaterThan(20);
  const license = files.find(({ path }) => path === 'egru/LICENSE');
  expect(license?.text).toContain('Apache License');
});

test('a model that does not listen has nothing of streams, one without sound nothing of the feature extractor', () => {
  const silent = quantize(loadModel(packagePath('models', 'spoken-digits')));
  const names = (one: typeof silent, kernel: 'packed' | 'unrolled') =>
    emitProject(one, { ...options, kernel }).map(({ path }) => path);
  expect(names(program, 'packed')).toContain('egru/egru_stream.h');
  expect(names(silent, 'packed').filter((name) => /stream|detect|softmax/.test(name))).toEqual([]);
  expect(names(silent, 'packed')).toContain('egru/egru_frontend_stages.h');
  const fed = names({ ...silent, frontend: null }, 'unrolled');
  expect(fed.filter((name) => /frontend|stream|mic|packed/.test(name))).toEqual(['egru/egru_frontend.h']);
});

// SPDX-License-Identifier: Apache-2.0
/** Hostile labels, names and commands in generated C; about 3 s, most of it compilation. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { emit } from '../../compiler/codegen/emit/emit.ts';
import { runtimeFiles } from '../../compiler/codegen/emit/project.ts';
import { cConstants, cString } from '../../compiler/codegen/text/c-text.ts';
import { InputError } from '../../compiler/core/base/errors.ts';
import { packageAssets } from '../../compiler/host/files/assets.ts';
import { writeFolder } from '../../compiler/host/files/files.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { runtimeFolders, runtimePath } from '../../compiler/host/files/runtime.ts';
import { buildHost, compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { programOf } from '../support/random-program.ts';

const hostile = [
  'plain',
  '',
  'say "hi"',
  "it's",
  'back\\slash\\',
  'new\nline\r\ttab',
  '*/ int x; /*',
  '</script><script>alert(1)</script>',
  '??/??=??!',
  '????',
  '\u00e91',
  '\u00e9abcdef0123456789',
  '\u65e5\u672c\u8a9e \u{1f600}',
  '%s%n',
  '#include "x"',
  '// line \\',
  '\u0001\u007f\u0080',
  '\u202e\u2028',
  '{{command}}',
];

const folder = mkdtempSync(join(tmpdir(), 'egru-labels-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function programWith(labels: readonly string[]) {
  const program = programOf({
    seed: 1,
    inputs: 3,
    layers: [{ type: 'dense', units: labels.length, weights: 'mixed', zeros: 20, state: 'zeros' }],
    lastActivation: 'none',
    bias: 'septenary',
    readout: null,
    steps: 1,
    input: 'random',
  });
  const layers = program.layers.map((layer) => ({ ...layer, name: '*/ layer /* ??/' }));
  const source = { ...program.source, file: '*/ weights.pt\n#error' };
  return { ...program, layers, labels, source, name: labels.join('|') };
}

describe.each(compilersAmong(['gcc', 'clang']))('labels in C, compiled by %s', (compiler) => {
  test('come back byte for byte', async () => {
    const program = programWith(hostile);
    const command = 'egru compile "*/ ??/\n#error';
    writeFolder(
      folder,
      emit(program, { kernel: 'packed', command, assets: packageAssets() }).map(({ path, text }) => ({
        path,
        data: text,
      })),
    );
    const output = join(folder, `labels-${compiler}`);
    await buildHost({
      compiler: [compiler],
      sources: [
        packagePath('test', 'emit', 'labels.c'),
        join(folder, 'model.c'),
        ...runtimeFiles(packageAssets(), program, 'packed')
          .filter((name) => name.endsWith('.c'))
          .map(runtimePath),
      ],
      includes: [folder, ...runtimeFolders()],
      output,
      extra: ['-trigraphs', '-pedantic'],
    });
    const printed = spawnSync(output).stdout.toString('utf8');
    expect(printed.split('\0')).toEqual([program.name, ...hostile, '']);
  });
});

test('a literal is printable ASCII, ends nothing but itself, and reads back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
      fc.pre(!text.includes('\0') && !/\p{Surrogate}/u.test(text));
      const literal = cString(text);
      expect(literal).toMatch(/^"[\x20-\x7e]*"$/);
      expect(literal).not.toMatch(/\*\/|\/\*|<\/|\?\?/);
      const bytes = literal
        .slice(1, -1)
        .replace(/\\([0-7]{3})|\\(.)/g, (_, octal, other) =>
          octal === undefined ? other : String.fromCharCode(Number.parseInt(octal, 8)),
        );
      expect(Buffer.from(bytes, 'latin1').toString('utf8')).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test('a NUL character is refused', () => {
  expect(() => cString('a\0b')).toThrow(InputError);
});

test('constants of labels are C identifiers and differ from one another', () => {
  expect(cConstants('L_', ['zero', 'two words', 'a', 'A', '', '\u00e9', '7', '_x_'])).toEqual([
    'L_ZERO',
    'L_TWO_WORDS',
    'L_2',
    'L_3',
    'L_4',
    'L_5',
    'L_6',
    'L_X',
  ]);
});

// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { egru, inWork, MODEL } from '../cli/egru.ts';

describe.concurrent('egru export', () => {
  test('writes a library named like its model, and what to do next', async () => {
    const folder = inWork('library');
    const { code, stdout, stderr } = await egru(['export', MODEL, '--as', 'arduino', '-o', folder]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^spoken-digits 1\.0\.0: Arduino library/);
    expect(stdout).toMatch(/\nnext: copy /);
    const properties = readFileSync(join(folder, 'library.properties'), 'utf8');
    expect(properties).toMatch(/^name=spoken-digits$/m);
    expect(properties).toMatch(/^license=Apache-2\.0 AND CC-BY-SA-4\.0$/m);
    expect(readFileSync(join(folder, 'src', 'spoken_digits.h'), 'utf8')).toMatch(
      /extern const egru_model spoken_digits_model;/,
    );
  });

  test('--json lists the files', async () => {
    const folder = inWork('listed');
    const args = [
      'export',
      MODEL,
      '--as',
      'c',
      '--prefix',
      'dig',
      '--name',
      'Ziffern',
      '-o',
      folder,
      '--json',
    ];
    const { stdout } = await egru(args);
    const { name, models, files } = JSON.parse(stdout);
    expect({ name, models }).toMatchObject({ name: 'Ziffern', models: [{ prefix: 'dig' }] });
    const names = ['dig.h', 'dig.c', 'README.md', 'example.c', 'LICENSE'];
    expect(files).toEqual(names.map((path) => join(folder, path)));
    expect(files.every(existsSync)).toBe(true);
  });

  test.each([
    [
      'more prefixes than models',
      ['--prefix', 'a', '--prefix', 'b'],
      /^egru: --prefix: 2 for 1 model; give at most one/,
    ],
    [
      'a prefix that is not fit for C',
      ['--prefix', 'int'],
      /^egru: prefix "int": is a keyword of C or C\+\+/,
    ],
    [
      "a name that is Arduino's own",
      ['--name', 'Arduino ears'],
      /^egru: Arduino ears: is not a name for a library/,
    ],
    [
      'a version that is none',
      ['--library-version', '1.0'],
      /^egru: export: .*must be three numbers, as 1\.0\.0/,
    ],
    ['an author of two lines', ['--author', 'a\nb'], /^egru: export: .*must be one line/],
  ])('%s is refused, and nothing is written', async (what, flags, message) => {
    const folder = inWork(what.replaceAll(' ', '-'));
    const { code, stdout, stderr } = await egru(['export', MODEL, '--as', 'cmake', '-o', folder, ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(folder)).toBe(false);
  });
});

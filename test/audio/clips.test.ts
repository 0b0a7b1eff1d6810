// SPDX-License-Identifier: Apache-2.0
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClips, spread } from '../../compiler/host/audio/clips.ts';
import { globTest } from '../../compiler/host/audio/glob.ts';

let folder = '';
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'egru-clips-'));
  fs.mkdirSync(join(folder, 'a/b'), { recursive: true });
  fs.mkdirSync(join(folder, 'empty'));
  for (const name of ['a/2.wav', 'a/10.WAV', 'a-1.wav', 'a/b/x.wav', 'a/notes.txt', '.hidden.wav', 'Z.wav']) {
    fs.writeFileSync(join(folder, name), '');
  }
  for (const name of ['\u{ff5e}.wav', '\u{1f600}.wav']) fs.writeFileSync(join(folder, name), '');
  fs.symlinkSync('..', join(folder, 'a/loop'));
  fs.symlinkSync('a/2.wav', join(folder, 'link.wav'));
  fs.symlinkSync('nowhere', join(folder, 'broken.wav'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const names = (paths: readonly string[]) => paths.map((path) => path.slice(folder.length + 1));

describe('findClips', () => {
  it('walks a folder in byte order of the paths, through links but not round in circles', () => {
    expect(names(findClips([folder]))).toEqual([
      'Z.wav',
      'a-1.wav', // "-" sorts before "/"
      'a/10.WAV',
      'a/2.wav',
      'a/b/x.wav',
      'link.wav',
      '\u{ff5e}.wav', // UTF-8 order: U+FF5E before U+1F600, unlike UTF-16
      '\u{1f600}.wav',
    ]);
  });

  it('keeps the order and the spelling of its arguments', () => {
    const file = `${folder}/a/notes.txt`;
    expect(findClips([file, `${folder}/a/b/`])).toEqual([file, `${folder}/a/b/x.wav`]);
  });

  it('reports what does not exist, and what holds nothing', () => {
    expect(() => findClips([`${folder}/none`])).toThrow(`${folder}/none: no such file or folder`);
    expect(() => findClips([`${folder}/empty`])).toThrow('no recordings are in this folder');
    expect(() => findClips([folder], { filter: '*.flac' })).toThrow('--filter: no file matches (*.flac)');
  });

  it('filters first, then takes a sample of what is left', () => {
    expect(names(findClips([folder], { filter: 'a/**' }))).toEqual(['a/10.WAV', 'a/2.wav', 'a/b/x.wav']);
    expect(names(findClips([folder], { filter: 'a/**', limit: 2 }))).toEqual(['a/10.WAV', 'a/2.wav']);
    expect(
      names(findClips([folder], { choose: (files) => files.filter((file) => /\d/.test(file)), limit: 9 })),
    ).toHaveLength(findClips([folder]).filter((file) => /\d/.test(file)).length);
  });
});

it('spread takes floor(i * n / N)', () => {
  const items = Array.from({ length: 3000 }, (_, i) => i);
  for (const limit of [1, 7, 100, 2999]) {
    expect(spread(items, limit)).toEqual(
      Array.from({ length: limit }, (_, i) => Math.floor((i * 3000) / limit)),
    );
  }
  expect(spread(items, 3001)).toEqual(items);
  expect(spread(items, undefined)).toEqual(items);
});

describe('globTest', () => {
  it.each([
    ['*_george_*.wav', 'data/0_george_1.wav', true],
    ['*_george_*.wav', 'data/0_theo_1.wav', false],
    ['?_*.wav', '10_theo_1.wav', false],
    ['computer/*.wav', '../x/computer/a.wav', true],
    ['computer/*.wav', '../x/supercomputer/a.wav', false],
    ['computer/*.wav', 'computer/deep/a.wav', false],
    ['computer/**', 'computer/deep/a.wav', true],
    ['a/**/b.wav', 'a/b.wav', true],
    ['[0-4]_*.wav', '5_x.wav', false],
    ['[!0-4]_*.wav', '5_x.wav', true],
    ['{0,1}_{theo,lucas}_*', '1_lucas_2.wav', true],
    ['{0,1}_{theo,lucas}_*', '2_lucas_2.wav', false],
    ['a.c', 'abc', false],
    ['\\*', 'x', false],
    ['\\*', '*', true],
    ['a+(b)-c', 'a+(b)-c', true],
  ])('%s on %s: %s', (pattern, path, matches) => {
    expect(globTest(pattern, '--filter')(path)).toBe(matches);
  });

  it.each(['[a', '{a', '[z-a]'])('refuses %s', (pattern) => {
    expect(() => globTest(pattern, '--filter')).toThrow(/^--filter: /);
  });
});

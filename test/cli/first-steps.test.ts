// SPDX-License-Identifier: Apache-2.0
/** What a new user meets: the next command, short lists, and a plain word about a model that has learnt nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { lacking } from '../support/needs.ts';
import { writeChirps } from './chirps.ts';
import { egru, inWork, MODEL, refusal } from './egru.ts';

const config = (name: string, document: object) => {
  writeFileSync(inWork(name), JSON.stringify(document));
  return inWork(name);
};
/** Nothing can be learnt in one step at such a rate. */
const UNTAUGHT = { phases: [{ epochs: 1, quantize: true, rate: 1e-9 }] };

describe('the next command', () => {
  it('of compile, and its files as a line', async () => {
    const { stdout } = await egru(['compile', MODEL, '-o', inWork('c'), '--prefix', 'digits']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toBe(
      `next: make -C ${inWork('c')}   (libdigits.a; egru/egru.h shows a program that uses it)`,
    );
    expect(lines.at(-3)).toMatch(/: program\.json, digits\.h, digits\.c, .*Makefile, egru\/ \(\d\d files\)$/);
  });

  it.skipIf(lacking('arm'))('of build (needs gcc-arm-none-eabi)', async () => {
    const { stdout } = await egru(['build', MODEL, '--board', 'feather_m0', '-o', inWork('b')]);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`next: egru flash ${MODEL} --board feather_m0`);
  });
});

describe('a training', () => {
  it('that is no better than the commonest label', async () => {
    const folder = writeChirps(inWork('chirps'), 8, (label, i) => `${label}/${i}.wav`);
    const args = ['train', folder, '-o', inWork('untaught'), '--config', config('u.json', UNTAUGHT)];
    const { stdout } = await egru([...args, '--seed', '1', '--threads', '1']);
    const [, percent = ''] = /^validation +(\d+\.\d) %/m.exec(stdout) ?? [];
    // Three labels, equally many: a model that answers always the same is right in a third.
    expect(Number(percent)).toBeLessThanOrEqual(34);
    expect(stdout).toMatch(
      /^THIS MODEL IS NOT BETTER THAN THE MAJORITY CLASS "\w+" \(33\.3 % OF THE VALIDATION\)\. DO NOT FLASH IT\.$/m,
    );
  });

  it('whose test would stay empty', async () => {
    const folder = writeChirps(inWork('few'), 8, (label, i) => `${label}/${i}.wav`);
    const args = ['train', folder, '-o', inWork('none'), '--config', config('t.json', UNTAUGHT), '--test'];
    expect(await refusal(args)).toContain(
      '--test: no recording belongs to the split "test"; give it a share',
    );
  });
});

it('README installs the command for other folders', () => {
  expect(readFileSync(packagePath('README.md'), 'utf8')).toMatch(/npm install -g \.|npm link/);
});

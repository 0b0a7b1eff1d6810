// SPDX-License-Identifier: Apache-2.0
/** Every reader with some damaged inputs and with all that were found by `make fuzz`; and that its judge finds defects. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { judge, LIMITS } from './harness/judge.ts';
import { inputOf, type Target } from './harness/target.ts';
import { targets } from './readers/index.ts';

const FINDINGS = packagePath('test', 'fuzz', 'findings');
/** No time: another program may have the machine. */
const PATIENT = { ...LIMITS, cpu: Number.POSITIVE_INFINITY };
const INPUTS = 300;

describe.each(targets.map((target) => [target.name, target] as const))('%s', (name, target) => {
  it('accepts its honest inputs', async () => {
    for (const bytes of target.corpus)
      expect(await judge(target, bytes, PATIENT)).toEqual({ outcome: 'accepted' });
  });

  it('gives an answer or an InputError of one line', async () => {
    const counts = { accepted: 0, refused: 0, defect: 0 };
    for (let seed = 1; seed <= INPUTS; seed++) {
      const verdict = await judge(target, inputOf(target, seed), PATIENT);
      expect(verdict, `seed ${seed}`).not.toHaveProperty('what');
      counts[verdict.outcome]++;
    }
    // Damage that is never seen, or always, would try nothing.
    expect(counts.accepted).toBeGreaterThan(0);
    if (target.tolerant !== true) expect(counts.refused).toBeGreaterThan(INPUTS / 20);
  });

  it('has mended what was found', async () => {
    const folder = join(FINDINGS, name);
    for (const file of existsSync(folder) ? readdirSync(folder) : []) {
      const verdict = await judge(target, readFileSync(join(folder, file)), LIMITS);
      expect(verdict, `${name}/${file}`).not.toHaveProperty('what');
    }
  });
});

it('every folder of findings has its reader', () => {
  const known = targets.map(({ name }) => name);
  expect(new Set(known).size).toBe(known.length);
  const folders = existsSync(FINDINGS) ? readdirSync(FINDINGS) : [];
  expect(folders.filter((name) => name !== 'c' && name !== 'README.md' && !known.includes(name))).toEqual([]);
});

describe('the judge finds', () => {
  const planted = (read: Target['read']): Target => ({
    name: 'planted',
    corpus: [Buffer.from('abcdefgh')],
    read,
  });
  const found = async (read: Target['read'], limits = PATIENT) =>
    judge(planted(read), Buffer.from('abcdefgh'), limits);
  const spin = () => {
    const begin = process.cpuUsage().user;
    while (process.cpuUsage().user - begin < 30_000);
  };

  const worded = (message: string) => Object.assign(new InputError('f', 'x'), { message });

  it.each<[string, Target['read'], string]>([
    ['another error', () => (undefined as unknown as string).length, 'TypeError'],
    ['one that is thrown later', () => Promise.reject(new RangeError('late')), 'RangeError: late'],
    ['what is not an error', () => Promise.reject(7), 'threw 7'],
    ['what is printed', () => console.error('oh'), 'prints oh'],
    ['long messages', () => Promise.reject(worded('x'.repeat(201))), '201 characters'],
    ['messages of several lines', () => Promise.reject(worded('a\nb')), 'several lines'],
  ])('%s', async (_, read, what) => {
    expect(await found(read)).toMatchObject({ outcome: 'defect', what: expect.stringContaining(what) });
  });

  it('readers that take too long', async () => {
    expect(await found(spin, { ...LIMITS, cpu: 10 })).toMatchObject({ outcome: 'defect' });
    expect(await found(spin)).toEqual({ outcome: 'accepted' });
  });

  it('readers that take too much memory', async () => {
    const much = () => new Uint8Array(400 << 20).fill(1).length;
    expect(await found(much)).toMatchObject({ what: expect.stringContaining('more bytes of memory') });
  });
});

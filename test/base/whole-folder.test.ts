// SPDX-License-Identifier: Apache-2.0
/** Folders that appear whole or not at all. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { WholeFolder, writeWholeFolder } from '../../compiler/host/files/whole-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'egru-folder-'));
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true });
});

it('appears with its files, also where an empty folder stands, and creates those above', async () => {
  mkdirSync(join(root, 'empty'));
  for (const name of ['new', 'deep/er', 'empty']) {
    await writeWholeFolder(join(root, name), async (folder) => {
      writeFileSync(join(folder, 'f'), name);
      expect(readdirSync(join(root, name, '..')).includes('f')).toBe(false);
    });
    expect(readdirSync(join(root, name))).toEqual(['f']);
  }
  expect(readdirSync(root).sort()).toEqual(['deep', 'empty', 'new']);
});

it('leaves nothing behind where the work fails', async () => {
  const failing = writeWholeFolder(join(root, 'x'), async (folder) => {
    writeFileSync(join(folder, 'f'), '');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(readdirSync(root)).toEqual([]);
});

it('refuses what is in the way, now and at the end', () => {
  mkdirSync(join(root, 'full'));
  writeFileSync(join(root, 'full', 'f'), '');
  mkdirSync(join(root, 'empty'));
  symlinkSync('empty', join(root, 'link'));
  for (const name of ['full', 'full/f', 'link']) {
    expect(() => new WholeFolder(join(root, name)), name).toThrow('is in the way');
  }
  expect(() => new WholeFolder(join(root, 'full/f/g'))).toThrow('a file is in the way');
  expect(() => new WholeFolder('')).toThrow('-o: an empty path');

  const late = new WholeFolder(join(root, 'late'));
  mkdirSync(join(root, 'late'));
  writeFileSync(join(root, 'late', 'other'), '');
  expect(() => late.commit()).toThrow('late');
  expect(readdirSync(join(root, 'late'))).toEqual(['other']);
  expect(readdirSync(root).sort()).toEqual(['empty', 'full', 'late', 'link']);
});

it('is gone where the process ends early', () => {
  const built = JSON.stringify(packagePath('build', 'dist', 'host', 'files', 'whole-folder.js'));
  const script = `const { WholeFolder } = await import(${built}); new WholeFolder('y'); process.exit(3);`;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
  expect(status).toBe(3);
  expect(readdirSync(root)).toEqual([]);
});

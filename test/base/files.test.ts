// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { readLimited, WholeFile, writeFolder, writeWhole } from '../../compiler/host/files/files.ts';

let folder = '';
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'egru-files-'));
  // Stands for devices, too: a check that fails would replace it, which nobody wants to happen to /dev/null.
  execFileSync('mkfifo', [at('pipe')]);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]) => join(folder, ...parts);
const tree = () => fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

describe('readLimited', () => {
  it('reads regular files up to the limit', () => {
    fs.writeFileSync(at('four'), 'four');
    expect(Buffer.from(readLimited(at('four'), 4)).toString()).toBe('four');
    expect(() => readLimited(at('four'), 3)).toThrow(`${at('four')}: too large: 4 bytes, at most 3 are read`);
    fs.writeFileSync(at('none'), '');
    expect(readLimited(at('none'), 0)).toHaveLength(0);
  });

  it('refuses what is no regular file without opening it, and reports what does not exist', () => {
    expect(() => readLimited(folder, 10)).toThrow('is a folder; a file is needed');
    expect(() => readLimited('/dev/zero', 10)).toThrow('is not a regular file');
    expect(() => readLimited('/proc/self/status', 1e6)).toThrow('changed while it was read');
    expect(() => readLimited(at('absent'), 10)).toThrow(`${at('absent')}: no such file or folder`);
    expect(() => readLimited(at('four', 'x'), 10)).toThrow('a part of the path is a file');
    expect(() => readLimited('a\0b', 10)).toThrow(InputError);
  });
});

describe('whole files', () => {
  it('appear with commit only, and replace what was there', () => {
    writeWhole(at('w'), 'old');
    const file = new WholeFile(at('w'));
    file.write('new ');
    file.write(Uint8Array.of(0x78));
    expect(fs.readFileSync(at('w'), 'utf8')).toBe('old');
    file.commit();
    expect(fs.readFileSync(at('w'), 'utf8')).toBe('new x');
  });

  it('leave nothing behind when they are discarded', () => {
    const before = tree();
    const file = new WholeFile(at('never'));
    file.write('half');
    expect(tree()).toHaveLength(before.length + 1);
    file.discard();
    file.discard();
    expect(tree()).toEqual(before);
  });

  it('write through a symbolic link', () => {
    fs.symlinkSync('w', at('link'));
    writeWhole(at('link'), 'through');
    expect(fs.lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(at('w'), 'utf8')).toBe('through');
  });

  it.each([
    ['a folder', () => folder, 'is a folder; a file is to be written'],
    ['a pipe', () => at('pipe'), 'is a device or a pipe'],
    ['a folder that is not there', () => at('no', 'file'), 'its folder does not exist'],
    ['a folder that is a file', () => at('w', 'file'), 'a part of the path is a file'],
    ['a folder that takes no files', () => '/proc/file', 'cannot create a file in its folder'],
  ])('refuse %s', (_, path, message) => {
    expect(() => writeWhole(path(), 'x')).toThrow(InputError);
    expect(() => writeWhole(path(), 'x')).toThrow(message);
    expect(fs.statSync(at('pipe')).isFIFO()).toBe(true);
  });
});

describe('writeFolder', () => {
  it('creates the folder and its sub-folders', () => {
    const paths = writeFolder(at('out', 'deep'), [
      { path: 'a.txt', data: 'a' },
      { path: 'src/b.txt', data: 'b' },
    ]);
    expect(paths).toEqual([at('out', 'deep', 'a.txt'), at('out', 'deep', 'src', 'b.txt')]);
    expect(paths.map((path) => fs.readFileSync(path, 'utf8'))).toEqual(['a', 'b']);
  });

  it('writes none where one cannot be written', () => {
    const full = [
      { path: 'first', data: '1' },
      { path: 'taken', data: '2' },
    ];
    fs.mkdirSync(at('some', 'taken'), { recursive: true });
    expect(() => writeFolder(at('some'), full)).toThrow('is a folder');
    expect(fs.readdirSync(at('some'))).toEqual(['taken']);
  });

  it('refuses to leave the folder, and a file in its place', () => {
    for (const path of ['../x', '/x', '.', 'a/../../x']) {
      expect(() => writeFolder(at('safe'), [{ path, data: '' }])).toThrow('is not inside');
    }
    expect(() => writeFolder(at('w'), [])).toThrow(`${at('w')}: a file is in the way`);
    expect(() => writeFolder('/proc/out/x', [])).toThrow(
      '/proc/out/x: no such file or folder (cannot create',
    );
  });
});

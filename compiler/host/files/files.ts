// SPDX-License-Identifier: Apache-2.0
/**
 * Files, whole or not at all: what is written appears under its name only once it is complete, and what is read
 * is bounded and a regular file. Everything the user can cause becomes an InputError.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { InputError } from '../../core/base/errors.ts';

export type Data = string | Uint8Array;

const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'a file is in the way',
  EFBIG: 'the file would be too large',
  EISDIR: 'is a folder; a file is needed',
  ELOOP: 'symbolic links go round in a circle',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ERR_INVALID_ARG_VALUE: 'not a usable path (it holds a NUL character)',
};

/** Turns what a call of node:fs throws into an InputError about `path`; other errors come back unchanged. */
export function fileError(path: string, error: unknown, where?: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = MEANINGS[code] ?? (/^E[A-Z0-9]+$/.test(code) ? `cannot be used: ${code}` : undefined);
  return known === undefined ? error : new InputError(path, known, where);
}

/** Runs calls of node:fs; what they throw becomes an InputError about `path`. */
export function guard<T>(path: string, action: () => T, where?: string): T {
  try {
    return action();
  } catch (error) {
    throw fileError(path, error, where);
  }
}

/** Opens a file to be read. Folders, pipes and devices are refused before they are opened, so that nothing blocks. */
export function openRegular(path: string): number {
  const stat = fs.statSync(path);
  if (stat.isDirectory()) throw new InputError(path, 'is a folder; a file is needed');
  if (!stat.isFile()) throw new InputError(path, 'is not a regular file');
  return fs.openSync(path, 'r');
}

/**
 * The bytes of a regular file of at most maxBytes; one that grows while it is read is refused, too.
 */
export function readLimited(path: string, maxBytes: number): Uint8Array {
  return guard(path, () => {
    const fd = openRegular(path);
    try {
      const size = fs.fstatSync(fd).size;
      if (size > maxBytes) throw tooLarge(path, size, maxBytes);
      // One byte more than expected: files under /proc report 0 bytes and hold more, and a file may grow.
      const bytes = new Uint8Array(size + 1);
      let length = 0;
      for (let n = -1; n !== 0 && length < bytes.length; length += n) {
        n = fs.readSync(fd, bytes, length, bytes.length - length, null);
      }
      if (length > size) throw new InputError(path, 'changed while it was read, or has no fixed size');
      return bytes.subarray(0, length);
    } finally {
      fs.closeSync(fd);
    }
  });
}

function tooLarge(path: string, size: number, limit: number): InputError {
  return new InputError(path, `too large: ${size} bytes, at most ${limit} are read`);
}

/** Temporary files that exist right now; the process removes them when it ends early. */
const unfinished = new Set<string>();
process.on('exit', () => {
  for (const path of unfinished) fs.rmSync(path, { force: true });
});

/** A file that grows beside its place and appears there with commit(). */
export class WholeFile {
  readonly #path: string;
  readonly #target: string;
  readonly #temporary: string;
  readonly #fd: number;

  /** @throws InputError where the folder does not exist or cannot be written to */
  constructor(path: string) {
    this.#path = path;
    this.#target = writableTarget(path);
    this.#temporary = join(
      dirname(this.#target),
      `.egru-${process.pid}-${randomBytes(6).toString('hex')}.tmp`,
    );
    this.#fd = guard(path, () => fs.openSync(this.#temporary, 'wx'), 'cannot create a file in its folder');
    unfinished.add(this.#temporary);
  }

  /** Appends. After an error the file is gone. */
  write(data: Data): void {
    try {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(this.#fd, bytes, at);
    } catch (error) {
      this.discard();
      throw fileError(this.#path, error, 'while writing');
    }
  }

  /** Writes over its beginning, such as a header whose numbers were not known before. After an error the file is gone. */
  rewriteStart(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(this.#fd, bytes, at, bytes.length - at, at);
    } catch (error) {
      this.discard();
      throw fileError(this.#path, error, 'while writing');
    }
  }

  /** Puts the file in its place, over an older one. */
  commit(): void {
    fs.closeSync(this.#fd);
    try {
      fs.renameSync(this.#temporary, this.#target);
    } catch (error) {
      fs.rmSync(this.#temporary, { force: true });
      throw fileError(this.#path, error);
    } finally {
      unfinished.delete(this.#temporary);
    }
  }

  /** Forgets what was written; whatever stood in its place stays. */
  discard(): void {
    if (!unfinished.delete(this.#temporary)) return;
    fs.closeSync(this.#fd);
    fs.rmSync(this.#temporary, { force: true });
  }
}

/** Where a rename has to go: through symbolic links, and never over a folder, a device or a pipe. */
function writableTarget(path: string): string {
  return guard(path, () => {
    if (path === '') throw new InputError('-o', 'an empty path', 'name a file');
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) {
      const folder = dirname(resolve(path));
      if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
        throw new InputError(path, 'its folder does not exist; create it first', dirname(path));
      }
      return join(fs.realpathSync(folder), basename(resolve(path)));
    }
    if (stat.isDirectory()) throw new InputError(path, 'is a folder; a file is to be written');
    if (!stat.isFile()) throw new InputError(path, 'is a device or a pipe; name a regular file');
    return fs.realpathSync(path);
  });
}

/** Writes one file, whole or not at all. */
export function writeWhole(path: string, data: Data): void {
  const file = new WholeFile(path);
  file.write(data);
  file.commit();
}

export interface FolderFile {
  /** Relative to the folder, with `/`; must stay inside it. */
  readonly path: string;
  readonly data: Data;
}

/**
 * Writes several files into a folder, which is created if need be. All are complete beside their places before the
 * first appears; files of the same names are replaced, others left alone.
 * @returns their paths, in order
 */
export function writeFolder(folder: string, files: readonly FolderFile[]): string[] {
  makeFolder(folder);
  const pending: WholeFile[] = [];
  try {
    const paths = files.map(({ path, data }) => {
      const full = inside(folder, path);
      if (dirname(path) !== '.') makeFolder(dirname(full));
      const file = new WholeFile(full);
      pending.push(file);
      file.write(data);
      return full;
    });
    for (const file of pending) file.commit();
    return paths;
  } catch (error) {
    for (const file of pending) file.discard();
    throw error;
  }
}

/**
 * Creates a folder with those above it, or finds that it exists. Step by step: mkdir of Node 20 with `recursive` never
 * returns where the folder above exists but accepts no folders and reports ENOENT, as /proc does.
 */
export function makeFolder(path: string): void {
  if (path === '') throw new InputError('output folder', 'its name is empty; name one, e.g. build/model');
  guard(
    path,
    () => {
      const missing: string[] = [];
      let folder = resolve(path);
      for (; fs.statSync(folder, { throwIfNoEntry: false }) === undefined; folder = dirname(folder)) {
        missing.unshift(folder);
      }
      if (!fs.statSync(folder).isDirectory()) throw new InputError(path, 'a file is in the way', folder);
      for (const each of missing) fs.mkdirSync(each);
    },
    'cannot create this output folder',
  );
}

/** folder/path, which must not leave the folder: generated names are ours, so anything else is a defect. */
function inside(folder: string, path: string): string {
  const full = join(folder, path);
  const way = relative(resolve(folder), resolve(full));
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || resolve(path) === path) {
    throw new Error(`${path} is not inside ${folder}`);
  }
  return full;
}

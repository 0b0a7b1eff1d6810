// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { fileError, guard, makeFolder } from './files.ts';

/** Folders that are not complete; the process removes them when it ends early. */
const unfinished = new Set<string>();
process.on('exit', () => {
  for (const path of unfinished) fs.rmSync(path, { recursive: true, force: true });
});

/**
 * A folder of many files that grows beside its place and appears there with commit(): whole or not at all. Unlike
 * writeFolder() (files.ts) it keeps no file open, and never adds to a folder that has something in it.
 */
export class WholeFolder {
  readonly #path: string;
  readonly #target: string;
  /** Where the files go until commit(). */
  readonly temporary: string;

  /** @throws InputError where something is in the way, or nothing can be created there */
  constructor(path: string) {
    if (path === '') throw new InputError('-o', 'an empty path', 'name a folder');
    this.#path = path;
    const full = resolve(path);
    makeFolder(dirname(full));
    const parent = guard(path, () => fs.realpathSync(dirname(full)));
    this.#target = join(parent, basename(full));
    const there = guard(path, () => fs.lstatSync(this.#target, { throwIfNoEntry: false }));
    if (there !== undefined && (!there.isDirectory() || fs.readdirSync(this.#target).length > 0)) {
      throw new InputError(path, 'is in the way; name a folder that does not exist, or an empty one');
    }
    this.temporary = join(parent, `.egru-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
    guard(path, () => fs.mkdirSync(this.temporary), 'cannot create a folder there');
    unfinished.add(this.temporary);
  }

  /** Puts the folder in its place. */
  commit(): void {
    try {
      // Over an empty folder, and over nothing else: a rename refuses one that has been filled meanwhile.
      fs.renameSync(this.temporary, this.#target);
    } catch (error) {
      this.discard();
      throw fileError(this.#path, error);
    }
    unfinished.delete(this.temporary);
  }

  /** Forgets what was written. */
  discard(): void {
    if (!unfinished.delete(this.temporary)) return;
    fs.rmSync(this.temporary, { recursive: true, force: true });
  }
}

/** Runs `work` on a new folder; it is there as a whole afterwards, or not at all. */
export async function writeWholeFolder<T>(path: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = new WholeFolder(path);
  try {
    const result = await work(folder.temporary);
    folder.commit();
    return result;
  } catch (error) {
    folder.discard();
    throw error;
  }
}

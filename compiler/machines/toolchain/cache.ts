// SPDX-License-Identifier: Apache-2.0
/** What was built, by the digest of everything that it was built from. Safe for several processes at once. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../../host/files/paths.ts';

/** Entries beyond this are thrown away, the longest unused first: random programs in tests would pile up. */
const KEEP = 400;
/** A build's folder that is older belongs to a process that was killed. */
const STALE_MS = 24 * 3600 * 1000;

export class BuildCache {
  static #opened: BuildCache | null = null;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** In the package's build folder, or, where that cannot be written to, in the system's folder for temporary files. */
  static open(): BuildCache {
    if (BuildCache.#opened === null) {
      const folder =
        usable(packagePath('build', 'cache')) ?? usable(join(tmpdir(), `egru-${userInfo().username}`));
      BuildCache.#opened = new BuildCache(folder ?? fs.mkdtempSync(join(tmpdir(), 'egru-')));
    }
    return BuildCache.#opened;
  }

  /** In a folder of the caller's. */
  static in(folder: string): BuildCache {
    fs.mkdirSync(folder, { recursive: true });
    return new BuildCache(folder);
  }

  /** A new, empty folder for one build; the caller removes it. */
  workFolder(): Promise<string> {
    return mkdtemp(join(this.#folder, 'work-'));
  }

  /** The named parts of an entry; null where there is none. */
  async readAll(key: string, parts: readonly string[]): Promise<Uint8Array[] | null> {
    const entry = join(this.#folder, key);
    try {
      const bytes = await Promise.all(parts.map((part) => readFile(join(entry, part))));
      const now = new Date();
      await utimes(entry, now, now);
      return bytes;
    } catch {
      return null;
    }
  }

  /** Appears as a whole; an entry of the same key has the same contents and stays. */
  async store(key: string, parts: Readonly<Record<string, Uint8Array>>): Promise<void> {
    const fresh = join(this.#folder, `new-${randomBytes(8).toString('hex')}`);
    try {
      await mkdir(fresh);
      await Promise.all(Object.entries(parts).map(([name, bytes]) => writeFile(join(fresh, name), bytes)));
      await rename(fresh, join(this.#folder, key));
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EEXIST' && code !== 'ENOTEMPTY') throw error;
    }
    await this.#prune();
  }

  async #prune(): Promise<void> {
    const all = await readdir(this.#folder);
    const names = all.filter((name) => /^[0-9a-f]{64}$/.test(name));
    if (names.length <= KEEP) return;
    for (const name of all.filter((other) => /^(work|new)-/.test(other))) {
      const path = join(this.#folder, name);
      const age = Date.now() - (fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > STALE_MS) await rm(path, { recursive: true, force: true });
    }
    const aged = await Promise.all(
      names.map(async (name) => ({
        name,
        used: await stat(join(this.#folder, name)).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      })),
    );
    aged.sort((a, b) => a.used - b.used);
    const old = aged.slice(0, names.length - (KEEP * 3) / 4);
    await Promise.all(old.map(({ name }) => rm(join(this.#folder, name), { recursive: true, force: true })));
  }
}

/** The folder, if it can be written to and is the user's own. */
function usable(folder: string): string | null {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.accessSync(folder, fs.constants.W_OK);
    const own = process.getuid?.();
    return own === undefined || fs.statSync(folder).uid === own ? folder : null;
  } catch {
    return null;
  }
}

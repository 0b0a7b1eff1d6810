// SPDX-License-Identifier: Apache-2.0
/**
 * The C runtime. runtime-c/ groups its files by what they are for; those who compile it see them side by side, as `egru
 * compile` writes them, so every name stands there once.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { packagePath } from './paths.ts';

const ROOT = 'runtime-c';

let known: ReadonlyMap<string, string> | null = null;

/** Absolute paths of the runtime's C and assembly by file name, sorted by it. */
export function runtimePaths(): ReadonlyMap<string, string> {
  known ??= new Map(
    readdirSync(packagePath(ROOT), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.[chS]$/.test(path))
      .map((path) => [basename(path), packagePath(ROOT, path)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return known;
}

/** Absolute path of one of the runtime's files, e.g. runtimePath('egru.h'). @throws Error where there is none */
export function runtimePath(name: string): string {
  const path = runtimePaths().get(name);
  if (path === undefined) throw new Error(`the runtime has no file ${name}`);
  return path;
}

/** Text of one of the runtime's files. @throws Error where there is none */
export function runtimeText(name: string): string {
  return readFileSync(runtimePath(name), 'utf8');
}

/** Absolute paths of the folders with the runtime's headers, for #include. */
export function runtimeFolders(): string[] {
  const headers = [...runtimePaths().values()].filter((path) => path.endsWith('.h'));
  return [...new Set(headers.map(dirname))];
}

// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'runtime-c'))) return folder;
  }
  throw new Error(`no package root above ${from}`);
}

/** The package's own folder, whether this runs from compiler/ (tests) or from build/dist (the command). */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** A file or folder of the package, e.g. packagePath('docs', 'LIBRARY.md'). */
export function packagePath(...parts: string[]): string {
  return join(packageRoot, ...parts);
}

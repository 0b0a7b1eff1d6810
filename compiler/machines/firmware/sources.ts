// SPDX-License-Identifier: Apache-2.0
/** The C that comes with the package, as files of a build. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { type Board, memoryScript } from '../../boards/boards.ts';
import { packagePath } from '../../host/files/paths.ts';
import type { BuildFile } from '../toolchain/arm.ts';

const ORDER = 'link-order.txt';

/**
 * The sources of a folder of the package and of the folders in it, in a fixed order: that of link-order.txt where it
 * has one, so that a file can be moved or renamed and images keep their bytes; others follow by name.
 */
export function folder(name: string): BuildFile[] {
  const files = readdirSync(packagePath(name), { recursive: true, encoding: 'utf8' });
  const order = files.includes(ORDER)
    ? readFileSync(packagePath(name, ORDER), 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
    : [];
  const place = (file: string) => (order.includes(file) ? order.indexOf(file) : order.length);
  return files
    .filter((file) => ['.c', '.h', '.S', '.ld'].includes(extname(file)))
    .sort()
    .sort((a, b) => place(a) - place(b))
    .map((file) => ({ path: `${name}/${file}`, text: readFileSync(packagePath(name, file), 'utf8') }));
}

/** Where the headers among files are, for #include. */
export function headerFolders(files: readonly BuildFile[]): string[] {
  const headers = files.filter(({ path }) => path.endsWith('.h'));
  return [...new Set(headers.map(({ path }) => dirname(path)))];
}

/** The memories of the board's chip, and what goes where in them. The main script comes first. */
export function linkerScripts(board: Board, layout: BuildFile): BuildFile[] {
  return [
    { path: 'link/main.ld', text: `INCLUDE memory.ld\nINCLUDE layout.ld\n` },
    { path: 'link/memory.ld', text: memoryScript(board.chip) },
    { path: 'link/layout.ld', text: layout.text },
  ];
}

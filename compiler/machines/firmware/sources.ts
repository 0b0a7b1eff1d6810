// SPDX-License-Identifier: Apache-2.0
/** The C that comes with the package, as files of a build. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Board } from '../../boards/boards.ts';
import { packagePath } from '../../host/files/paths.ts';
import type { BuildFile } from '../toolchain/arm.ts';

/** The sources of a folder of the package, in a fixed order. */
export function folder(name: string): BuildFile[] {
  return readdirSync(packagePath(name))
    .filter((file) => ['.c', '.h', '.S', '.ld'].includes(extname(file)))
    .sort()
    .map((file) => ({ path: `${name}/${file}`, text: readFileSync(packagePath(name, file), 'utf8') }));
}

/** The memories of the board's chip, and what goes where in them. The main script comes first. */
export function linkerScripts(board: Board, layout: BuildFile): BuildFile[] {
  const memory = board.chip.linkerScript;
  return [
    { path: 'link/main.ld', text: `INCLUDE ${memory}\nINCLUDE layout.ld\n` },
    { path: `link/${memory}`, text: readFileSync(packagePath('firmware', 'samd21', memory), 'utf8') },
    { path: 'link/layout.ld', text: layout.text },
  ];
}

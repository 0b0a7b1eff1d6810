// SPDX-License-Identifier: Apache-2.0
import * as fs from 'node:fs';
import { byByteOrder } from '../../core/base/byte-order.ts';
import { InputError } from '../../core/base/errors.ts';
import { guard } from '../files/files.ts';
import { globTest } from './glob.ts';

/** More files than this in one walk are taken for a mistake, such as the root of a disk. */
const MAX_FILES = 1_000_000;

/** Names of files in folders that are taken for recordings; what they are is decided by their content. */
export const SOUND_NAME = /\.(?:wave?|bwf|rf64|flac|og[ag]|opus|mp3)$/i;

export interface Selection {
  /** Shell pattern on the path's last names (glob.ts). */
  readonly filter?: string;
  /** A choice among all files, such as a split; what the filter leaves of it counts. */
  readonly choose?: (files: readonly string[]) => readonly string[];
  /** At most this many files, spread over all that are left: floor(i * n / limit). */
  readonly limit?: number;
}

/**
 * The recordings that arguments of a command stand for: files as they are given, whatever their name, and folders by
 * the files below them whose names end like a recording's, in byte order of their paths. Names that begin with a dot are left out of a folder.
 * @throws InputError where an argument does not exist or nothing is left
 */
export function findClips(paths: readonly string[], selection: Selection = {}): string[] {
  let files = paths.flatMap((path) => (isFolder(path) ? walk(path) : [path]));
  if (files.length === 0)
    throw new InputError(
      paths[0] ?? 'AUDIO',
      'no recordings are in this folder (.wav, .flac, .ogg, .opus, .mp3)',
    );
  if (selection.choose !== undefined) {
    files = [...selection.choose(files)];
    if (files.length === 0) throw new InputError('--split', 'no file belongs to this split');
  }
  if (selection.filter !== undefined) {
    files = files.filter(globTest(selection.filter, '--filter'));
    if (files.length === 0) throw new InputError('--filter', 'no file matches', selection.filter);
  }
  return spread(files, selection.limit);
}

/** items[floor(i * n / limit)] for i = 0 .. limit - 1; all of them where there are no more than limit. */
export function spread<T>(items: readonly T[], limit: number | undefined): T[] {
  if (limit === undefined || limit >= items.length) return [...items];
  const chosen = new Set(Array.from({ length: limit }, (_, i) => Math.floor((i * items.length) / limit)));
  return items.filter((_, at) => chosen.has(at));
}

function isFolder(path: string): boolean {
  return guard(path, () => fs.statSync(path)).isDirectory();
}

function walk(root: string): string[] {
  const found: string[] = [];
  /** Real paths of the folders above: a link back to one of them would go round for ever. */
  const visit = (folder: string, above: readonly string[]) => {
    const real = fs.realpathSync(folder);
    if (above.includes(real)) return;
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = folder.endsWith('/') ? folder + entry.name : `${folder}/${entry.name}`;
      const target = entry.isSymbolicLink() ? fs.statSync(path, { throwIfNoEntry: false }) : entry;
      if (target?.isDirectory()) guard(path, () => visit(path, [...above, real]));
      else if (target?.isFile() && SOUND_NAME.test(entry.name)) found.push(path);
      if (found.length > MAX_FILES) throw new InputError(root, `holds over ${MAX_FILES} recordings`);
    }
  };
  guard(root, () => visit(root, []));
  return byByteOrder(found, (path) => path);
}

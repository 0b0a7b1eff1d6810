// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the bytes of a weights file by the kind in its name. The readers are passed in: a page bundles what it needs.
 */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import { sha256 } from '../base/sha256.ts';
import type { WeightsFile } from './tensors.ts';

/**
 * Readers of weights files by the ending of their names, in lower case with its dot: bytes to tensors.
 * A reader gets the path for its messages, and throws InputError where the bytes are not of its kind.
 */
export type WeightsReaders = ReadonlyMap<string, (path: string, bytes: Uint8Array) => WeightsFile>;

export interface ReadWeights extends WeightsFile {
  readonly path: string;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
}

/** @throws InputError where the name's ending is not that of a weights file */
export function checkWeightsName(path: string, readers: WeightsReaders): void {
  readerOf(path, readers);
}

/** @throws InputError where the bytes are not a weights file of the kind that the name ends with */
export function parseWeights(path: string, bytes: Uint8Array, readers: WeightsReaders): ReadWeights {
  const read = readerOf(path, readers);
  checkDownloaded(path, bytes);
  return { path, sha256: sha256(bytes), ...read(path, bytes) };
}

/** What stands where a file should be that was not downloaded. */
function checkDownloaded(path: string, bytes: Uint8Array): void {
  const begin = String.fromCharCode(...bytes.subarray(0, 64));
  if (begin.startsWith('version https://git-lfs.github.com/spec/'))
    throw new InputError(path, 'is a pointer of Git LFS, not the file itself; "git lfs pull" fetches it');
  if (/^\s*<(?:!doctype|html)/i.test(begin))
    throw new InputError(path, 'is an HTML page, not weights; was the download refused?');
}

function readerOf(path: string, readers: WeightsReaders): (path: string, bytes: Uint8Array) => WeightsFile {
  const extension = /[^/\\](\.[^./\\]*)$/.exec(path)?.[1] ?? '';
  const reader = readers.get(extension.toLowerCase());
  if (reader !== undefined) return reader;
  const problem = `weights are read from ${[...readers.keys()].join(', ')} files`;
  throw new InputError(path, problem, `found ${quote(extension)}`);
}

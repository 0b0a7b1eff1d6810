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
  return { path, sha256: sha256(bytes), ...readerOf(path, readers)(path, bytes) };
}

function readerOf(path: string, readers: WeightsReaders): (path: string, bytes: Uint8Array) => WeightsFile {
  const extension = /[^/\\](\.[^./\\]*)$/.exec(path)?.[1] ?? '';
  const reader = readers.get(extension.toLowerCase());
  if (reader !== undefined) return reader;
  const problem = `weights are read from ${[...readers.keys()].join(', ')} files`;
  throw new InputError(path, problem, `found ${quote(extension)}`);
}

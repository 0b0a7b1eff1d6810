// SPDX-License-Identifier: Apache-2.0
/** Reads the bytes of a weights file by the kind that its name tells. */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import { sha256 } from '../base/sha256.ts';
import { readNpz } from './npz.ts';
import { readSafetensors } from './safetensors.ts';
import type { WeightsFile } from './tensors.ts';
import { readTorch } from './torch.ts';

const READERS: ReadonlyMap<string, (file: string, bytes: Uint8Array) => WeightsFile> = new Map([
  ['.pt', readTorch],
  ['.pth', readTorch],
  ['.safetensors', readSafetensors],
  ['.npz', readNpz],
]);

export interface ReadWeights extends WeightsFile {
  readonly path: string;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
}

/** @throws InputError where the name's ending is not that of a weights file */
export function checkWeightsName(path: string): void {
  readerOf(path);
}

/** @throws InputError where the bytes are not a weights file of the kind that the name ends with */
export function parseWeights(path: string, bytes: Uint8Array): ReadWeights {
  return { path, sha256: sha256(bytes), ...readerOf(path)(path, bytes) };
}

function readerOf(path: string): (file: string, bytes: Uint8Array) => WeightsFile {
  const extension = /[^/\\](\.[^./\\]*)$/.exec(path)?.[1] ?? '';
  const reader = READERS.get(extension.toLowerCase());
  if (reader !== undefined) return reader;
  const problem = `weights are read from ${[...READERS.keys()].join(', ')} files`;
  throw new InputError(path, problem, `found ${quote(extension)}`);
}

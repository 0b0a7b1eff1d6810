// SPDX-License-Identifier: Apache-2.0
/** Finds the weights file of a model folder and reads it by its kind. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { InputError } from '../base/errors.ts';
import { guard, readLimited } from '../base/files.ts';
import { quote } from '../base/json.ts';
import { readNpz } from './npz.ts';
import { readSafetensors } from './safetensors.ts';
import { MAX_WEIGHTS_BYTES, type WeightsFile } from './tensors.ts';
import { readTorch } from './torch.ts';

const READERS: ReadonlyMap<string, (file: string, bytes: Uint8Array) => WeightsFile> = new Map([
  ['.pt', readTorch],
  ['.pth', readTorch],
  ['.safetensors', readSafetensors],
  ['.npz', readNpz],
]);

/** A name that stays inside its folder on every system. */
export function isPlainName(name: string): boolean {
  return /^[^/\\:\0]+$/.test(name) && name !== '.' && name !== '..';
}

export interface ReadWeights extends WeightsFile {
  readonly path: string;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
}

/** @param name a plain file name; @throws InputError where the file is no weights file or a link leads elsewhere */
export function readWeights(folder: string, name: string): ReadWeights {
  const path = join(folder, name);
  const reader = READERS.get(extname(name).toLowerCase());
  if (reader === undefined) {
    throw new InputError(
      path,
      `weights are read from ${[...READERS.keys()].join(', ')} files`,
      `found ${quote(extname(name))}`,
    );
  }
  const outside = guard(path, () => dirname(realpathSync(path)) !== realpathSync(folder));
  if (outside) throw new InputError(path, 'is a link out of the model folder, which is refused');
  const bytes = readLimited(path, MAX_WEIGHTS_BYTES);
  return { path, sha256: createHash('sha256').update(bytes).digest('hex'), ...reader(path, bytes) };
}

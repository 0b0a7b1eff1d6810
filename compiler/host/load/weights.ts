// SPDX-License-Identifier: Apache-2.0
/** Finds the weights file of a model folder and reads it by its kind. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { quote } from '../../core/base/json.ts';
import { readNpz } from '../../core/model/npz.ts';
import { readSafetensors } from '../../core/model/safetensors.ts';
import { MAX_WEIGHTS_BYTES, type WeightsFile } from '../../core/model/tensors.ts';
import { readTorch } from '../../core/model/torch.ts';
import { guard, readLimited } from '../files/files.ts';

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

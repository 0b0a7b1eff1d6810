// SPDX-License-Identifier: Apache-2.0
/** Opens the weights file of a model folder. */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { allWeights } from '../../core/weights/all-readers.ts';
import { checkWeightsName } from '../../core/weights/read-weights.ts';
import { MAX_WEIGHTS_BYTES } from '../../core/weights/tensors.ts';
import { guard, readLimited } from '../files/files.ts';

/** @param name a plain file name; @throws InputError where the file is no weights file or a link leads elsewhere */
export function weightsBytes(folder: string, name: string): Uint8Array {
  const path = join(folder, name);
  checkWeightsName(path, allWeights);
  const outside = guard(path, () => dirname(realpathSync(path)) !== realpathSync(folder));
  if (outside) throw new InputError(path, 'is a link out of the model folder, which is refused');
  return readLimited(path, MAX_WEIGHTS_BYTES);
}

// SPDX-License-Identifier: Apache-2.0
/** The weights that a training begins with: --start, or `start` of the configuration, relative to its file. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { JsonValue } from '../../core/base/json.ts';
import { allWeights } from '../../core/weights/all-readers.ts';
import { parseWeights } from '../../core/weights/read-weights.ts';
import { MAX_WEIGHTS_BYTES } from '../../core/weights/tensors.ts';
import { readLimited } from '../../host/files/files.ts';
import { loadModelHead } from '../../host/load/load.ts';
import { WEIGHTS } from '../../training/train/config.ts';
import type { StartWeights } from '../../training/train/job.ts';

/**
 * @param flag a model folder; undefined: what the configuration says
 * @returns null: random weights
 */
export function startOf(flag: string | undefined, document: JsonValue): StartWeights | null {
  if (flag !== undefined) return startWeights(flag);
  const stated = document.members().get('start');
  if (stated === undefined || stated.value === null) return null;
  return startWeights(resolve(dirname(document.file), stated.text()));
}

/** The weights of a model folder, whatever else is in its model.json. */
function startWeights(folder: string): StartWeights {
  const own = join(folder, WEIGHTS);
  const isOther = !existsSync(own) && existsSync(join(folder, 'model.json'));
  const file = isOther ? join(folder, loadModelHead(folder).weights) : own;
  return { file, tensors: parseWeights(file, readLimited(file, MAX_WEIGHTS_BYTES), allWeights).tensors };
}

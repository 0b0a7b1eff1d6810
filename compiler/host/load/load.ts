// SPDX-License-Identifier: Apache-2.0
/** Opens a model folder: model.json and the weights file that it names. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { parseJson } from '../../core/base/json.ts';
import type { Model } from '../../core/model/model.ts';
import { type ModelHead, readModelJson } from '../../core/model/model-json.ts';
import { readModel } from '../../core/model/read-model.ts';
import { allWeights } from '../../core/weights/all-readers.ts';
import { guard, readLimited } from '../files/files.ts';
import { sayOnce } from './say-once.ts';
import { weightsBytes } from './weights.ts';

const MAX_JSON_BYTES = 1024 * 1024;

/**
 * Reads and checks a model folder.
 * @throws InputError for whatever is wrong with it, with the place in model.json or the tensor's name
 */
export function loadModel(folder: string): Model {
  const path = modelJson(folder);
  const json = readLimited(path, MAX_JSON_BYTES);
  const model = readModel(dirname(path), json, (name) => weightsBytes(folder, name), allWeights);
  for (const note of model.notes) sayOnce(note);
  return model;
}

/** What model.json holds; its weights need not be there. @throws InputError as loadModel does */
export function loadModelHead(folder: string): ModelHead {
  const path = modelJson(folder);
  return readModelJson(parseJson(path, readLimited(path, MAX_JSON_BYTES)));
}

function modelJson(folder: string): string {
  const isFolder = guard(folder, () => statSync(folder)).isDirectory();
  if (!isFolder)
    throw new InputError(folder, 'is a file; a model is a folder with model.json and its weights');
  return join(folder, 'model.json');
}

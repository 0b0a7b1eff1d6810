// SPDX-License-Identifier: Apache-2.0
/** What the page asks to be written: `detect` of a model's model.json, and nothing else. */
import { InputError } from '../../core/base/errors.ts';
import { JsonValue, parseJson } from '../../core/base/json.ts';
import { readModelJson } from '../../core/model/model-json.ts';
import { readModelDocument, writeDetect } from '../shared/tuning.ts';

/**
 * @param models folders that the page shows
 * @param body {"model": index, "detect": {...}}
 * @returns a sentence for the user
 * @throws InputError where model.json would not be valid with it
 */
export function saveDetect(models: readonly string[], body: Uint8Array): string {
  const request = parseJson('the page', body).object(['model', 'detect']);
  const folder = models[request.get('model').integer(0, models.length - 1)];
  if (folder === undefined) throw new InputError('the page', 'names no model');
  const written = readModelDocument(folder);
  const detect = request.get('detect').value;
  if (typeof detect !== 'object' || detect === null) throw new InputError('the page', 'sends no detect');
  readModelJson(new JsonValue(written.path, { ...JSON.parse(written.text), detect }, ''));
  writeDetect(written, detect);
  return `${written.path} is saved.`;
}

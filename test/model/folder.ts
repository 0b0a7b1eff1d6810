// SPDX-License-Identifier: Apache-2.0
/** Model folders on disk that last for one test file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';

const root = mkdtempSync(join(tmpdir(), 'egru-model-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** One dense layer, 2 -> 3: tensors fc.weight [3, 2] and fc.bias [3]. */
export const SMALL = {
  format: 1,
  name: 'small',
  labels: ['a', 'b', 'c'],
  weights: 'w.pt',
  layers: [{ type: 'dense', name: 'fc', inputs: 2, units: 3, activation: 'none' }],
};
export const WEIGHT = { name: 'fc.weight', shape: [3, 2], values: [1, -0.5, 0.25, 0, -1, 2] };
export const BIAS = { name: 'fc.bias', shape: [3], values: [0.5, -1, 0] };

let count = 0;

export function folder(model: unknown, files: Record<string, Uint8Array | string> = {}): string {
  const path = mkdtempSync(join(root, `${count++}-`));
  writeFileSync(join(path, 'model.json'), typeof model === 'string' ? model : JSON.stringify(model));
  for (const [name, data] of Object.entries(files)) writeFileSync(join(path, name), data);
  return path;
}

/** The message of the InputError that an action ends with, its folder shortened to DIR. */
export function refusal(path: string, action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError)
      return path === '' ? error.message : error.message.replaceAll(path, 'DIR');
    throw error;
  }
  throw new Error('nothing was refused');
}

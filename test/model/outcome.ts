// SPDX-License-Identifier: Apache-2.0
/** What comes of loading a weights file for the one layer of folder.ts: its numbers, and what the user reads. */
import type { Model } from '../../compiler/core/model/model.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { BIAS, folder, refusal, SMALL, WEIGHT } from './folder.ts';
import type { TensorSource } from './pickle-writer.ts';

export const BOTH = [WEIGHT, BIAS];
export const named = (rename: (name: string) => string): TensorSource[] =>
  BOTH.map((source) => ({ ...source, name: rename(source.name) }));

export function load(file: Uint8Array, change: object = {}, name = 'w.pt'): Model {
  return loadModel(folder({ ...SMALL, weights: name, ...change }, { [name]: file }));
}

export function refused(file: Uint8Array, change: object = {}, name = 'w.pt'): string {
  const path = folder({ ...SMALL, weights: name, ...change }, { [name]: file });
  return refusal(path, () => loadModel(path));
}

/** What the layer got, and the notes without their path. */
export function outcome({ layers: [layer], notes }: Model): [number[], number[], string[]] {
  const [linear] = layer?.linears ?? [];
  if (linear === undefined) throw new Error('the layer has no matrix');
  const { weight, bias } = linear;
  return [[...weight.values], [...bias.values], notes.map((note) => note.replace(/^.*?: /, ''))];
}

export const whole = (...notes: string[]) => [WEIGHT.values, BIAS.values, notes];
export const leftOut = (what: string) => `no layer needs ${what}: left out`;
export const begins = (prefix: string) => `names of tensors begin with "${prefix}", which is left out`;

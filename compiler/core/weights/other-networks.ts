// SPDX-License-Identifier: Apache-2.0
/** Layers of other kinds that people expect to fit: known by the names and shapes that their trainers give them. */
import { quote } from '../base/json.ts';
import type { StoredTensor } from './tensors.ts';

const INPUT = /(^|\.)weight_ih(_l0)?$/;
/** Rows of a matrix for each unit. */
const KINDS: ReadonlyMap<number, readonly [kind: string, gates: string]> = new Map([
  [3, ['nn.GRU', 'a reset gate']],
  [4, ['nn.LSTM', 'four gates']],
  [1, ['nn.RNN', 'no gate']],
]);

/** One line about a recurrent layer of PyTorch's own; null where there is none. */
export function otherNetwork(tensors: ReadonlyMap<string, StoredTensor>): string | null {
  for (const [name, { shape }] of tensors) {
    if (!INPUT.test(name)) continue;
    const [rows = 0] = shape;
    const units = tensors.get(name.replace('weight_ih', 'weight_hh'))?.shape[1] ?? 0;
    const known = KINDS.get(rows / units);
    if (known === undefined) continue;
    const [kind, gates] = known;
    const is = `${quote(name)} with ${rows} rows for ${units} units is PyTorch's ${kind}, which has ${gates}`;
    return `${is}; an eGRU layer has one gate: train one, see docs/TRAINING.md`;
  }
  return null;
}

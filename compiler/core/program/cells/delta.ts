// SPDX-License-Identifier: Apache-2.0
import type { Layer } from '../program.ts';
import type { Cell } from './cell.ts';
import { readThresholds } from './thresholds.ts';

export interface DeltaSettings {
  /** Q15, 0 .. 32767, one per unit. */
  readonly threshold: Int16Array;
}

/** Passes an input on when it moved by more than a threshold since it was last passed on; no weights. */
export interface DeltaLayer extends Layer, DeltaSettings {
  readonly type: 'delta';
}

export const deltaCell: Cell<DeltaSettings, DeltaLayer> = {
  type: 'delta',
  gates: [],
  recurrent: false,
  softsign: false,

  modelKeys: ['threshold'],
  readSettings(item, units) {
    const inputs = item.get('inputs').integer(1, 65535);
    if (inputs !== units)
      item.fail(`a layer of type "delta" has as many units as inputs, found ${inputs} and ${units}`);
    return { threshold: readThresholds(item.get('threshold'), units) };
  },
  build: ({ name, inputs, units }, { threshold }) => ({ type: 'delta', name, inputs, units, threshold }),
  matrices: () => [],

  programKeys: ['threshold'],
  toJson: ({ threshold }) => ({ threshold: [...threshold] }),
  fromJson(item, { name, inputs, units }) {
    if (inputs !== units)
      item.fail(`a layer of type "delta" has as many units as inputs, found ${inputs} and ${units}`);
    const threshold = new Int16Array(units);
    item.get('threshold').integersInto(threshold, 0, units, 0, 32767);
    return { type: 'delta', name, inputs, units, threshold };
  },

  states: () => [],
  outputs: (_, [inputs = []]) => [...inputs],
  givesLogits: () => false,
  initialState: () => null,
  thresholds: ({ threshold }) => threshold,
  isEvent: (_, sent, before) => sent !== before,
  activation: () => null,
  kind: () => 'thresholded inputs',
};

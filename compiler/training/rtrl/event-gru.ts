// SPDX-License-Identifier: Apache-2.0
/** The event-based GRU (train/reference/event-gru.ts) as real-time recurrent learning sees it. */
import { at } from '../train/arrays.ts';
import { sigmoid } from '../train/reference/gru.ts';
import { ONE, type RtrlCell, type RtrlTensor, THRESHOLD } from './cell.ts';

/** Update and reset gate take inputs and outputs together; of the candidate the reset gate scales the outputs' part. */
const SUMS = 4;
const FROM_INPUTS = [0, 1, 2];
const FROM_OUTPUTS = [0, 1, 3];

/**
 *   z = s(a_0)      r = s(a_1)      g = tanh(a_2 + r a_3)      c = zoneout h + (1 - zoneout) (z h + (1 - z) g)
 *
 * @param zoneout share of the state before that stays, in [0, 1)
 */
export function eventGru(zoneout = 0): RtrlCell {
  return {
    sums: SUMS,
    output: 'pulse',
    tensors: (inputs, units) => [
      matrix('kernel', inputs, units, FROM_INPUTS, 1),
      matrix('recurrent', units, units, FROM_OUTPUTS, 1 + inputs),
      { ...matrix('bias', 1, units, FROM_INPUTS, ONE), prunable: false },
      { ...matrix('recurrentBias', 1, units, FROM_OUTPUTS, ONE), prunable: false },
      thresholds(units),
    ],
    advance({ sums, h, c, decay, slopes }) {
      const share = 1 - zoneout;
      for (let i = 0, k = 0; i < c.length; i++, k += SUMS) {
        const before = at(h, i);
        const z = sigmoid(at(sums, k));
        const r = sigmoid(at(sums, k + 1));
        const fed = at(sums, k + 3);
        const g = Math.tanh(at(sums, k + 2) + r * fed);
        const slope = share * (1 - z) * (1 - g * g);
        c[i] = zoneout * before + share * (z * before + (1 - z) * g);
        decay[i] = zoneout + share * z;
        slopes[k] = share * (before - g) * z * (1 - z);
        slopes[k + 1] = slope * fed * r * (1 - r);
        slopes[k + 2] = slope;
        slopes[k + 3] = slope * r;
      }
    },
  };
}

/** One threshold per unit: the last tensor of every cell. */
export function thresholds(units: number): RtrlTensor {
  return {
    name: 'threshold',
    size: units,
    prunable: false,
    place: (index) => ({ unit: index, sum: THRESHOLD, source: ONE }),
  };
}

/** rows x 3 units, column blocks z, r, g. @param source of the first row */
function matrix(
  name: string,
  rows: number,
  units: number,
  sums: readonly number[],
  source: number,
): RtrlTensor {
  const columns = 3 * units;
  return {
    name,
    size: rows * columns,
    prunable: true,
    place(index) {
      const column = index % columns;
      const sum = sums[Math.floor(column / units)] ?? 0;
      return { unit: column % units, sum, source: source + Math.floor(index / columns) };
    },
  };
}

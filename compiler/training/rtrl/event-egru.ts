// SPDX-License-Identifier: Apache-2.0
/** The event-based eGRU (train/reference/event-egru.ts, docs/NUMERICS.md) as real-time recurrent learning sees it. */
import { at } from '../train/arrays.ts';
import { softsign, softsignSlope } from '../train/reference/softsign.ts';
import { ONE, type RtrlCell, type RtrlOutput, type RtrlTensor } from './cell.ts';
import { thresholds } from './event-gru.ts';

const SUMS = 2;

/** z = (softsign(a_0) + 1) / 2      g = softsign(a_1)      c = h + z (g - h) */
export function eventEgru(output: RtrlOutput = 'pulse'): RtrlCell {
  return {
    sums: SUMS,
    output,
    tensors: (inputs, units) => [
      weights('weight_zx.weight', inputs + units, units, 0),
      weights('weight_hx.weight', inputs + units, units, 1),
      bias('weight_zx.bias', units, 0),
      bias('weight_hx.bias', units, 1),
      thresholds(units),
    ],
    advance({ sums, h, c, decay, slopes }) {
      for (let i = 0, k = 0; i < c.length; i++, k += SUMS) {
        const before = at(h, i);
        const gate = softsign(at(sums, k));
        const z = (gate + 1) / 2;
        const g = softsign(at(sums, k + 1));
        c[i] = before + z * (g - before);
        decay[i] = 1 - z;
        slopes[k] = (g - before) * 0.5 * softsignSlope(gate);
        slopes[k + 1] = z * softsignSlope(g);
      }
    },
  };
}

/** units rows of columns: the inputs, then the outputs before. */
function weights(name: string, columns: number, units: number, sum: number): RtrlTensor {
  return {
    name,
    size: units * columns,
    prunable: true,
    place: (index) => ({ unit: Math.floor(index / columns), sum, source: 1 + (index % columns) }),
  };
}

function bias(name: string, units: number, sum: number): RtrlTensor {
  return { name, size: units, prunable: false, place: (index) => ({ unit: index, sum, source: ONE }) };
}

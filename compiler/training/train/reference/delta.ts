// SPDX-License-Identifier: Apache-2.0
/** Thresholded inputs: what moved far enough is passed on, and its derivative with it (docs/NUMERICS.md). */
import { at } from '../arrays.ts';
import type { DeltaShape, PlacedLayer } from '../shapes.ts';
import type { ForwardLayer } from './layer.ts';

export function deltaLayer({ shape: { units, threshold } }: PlacedLayer<DeltaShape>): ForwardLayer {
  return (_parameters, x, _initial, steps) => {
    const outputs = new Float64Array(steps * units);
    for (let k = 0; k < steps * units; k++) {
      const sent = k < units ? 0 : at(outputs, k - units);
      outputs[k] = Math.abs(at(x, k) - sent) > threshold / 32768 ? at(x, k) : sent;
    }
    return {
      outputs,
      back(dOutputs) {
        // Where nothing was sent, the output is an earlier input: its derivative goes there.
        const dInputs = new Float64Array(steps * units);
        const carry = new Float64Array(units);
        for (let t = steps - 1; t >= 0; t--) {
          for (let i = 0; i < units; i++) {
            const k = t * units + i;
            const d = at(dOutputs, k) + at(carry, i);
            const sent = at(outputs, k) !== (t === 0 ? 0 : at(outputs, k - units));
            dInputs[k] = sent ? d : 0;
            carry[i] = sent ? 0 : d;
          }
        }
        return dInputs;
      },
    };
  };
}

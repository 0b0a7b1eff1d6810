// SPDX-License-Identifier: Apache-2.0
/**
 * eGRU, forward and back through time (PAPER Table 1a):
 *
 *   u = [x, h]      z = (softsign(Wz u + bz) + 1) / 2      g = softsign(Wg u + bg)      h' = h + z (g - h)
 */
import { addAt, at } from '../arrays.ts';
import { offsetOf, type PlacedLayer } from '../shapes.ts';
import type { ForwardLayer } from './layer.ts';
import { addOuter, type MatrixView, multiply, multiplyTransposed } from './linear.ts';
import { softsign, softsignSlope } from './softsign.ts';

export function egruLayer(layer: PlacedLayer): ForwardLayer {
  const { inputs, units } = layer.shape;
  const columns = inputs + units;
  // z rows, then g rows: their tensors follow each other.
  const rows = 2 * units;
  const weights = offsetOf(layer, 0);
  const bias = offsetOf(layer, 2);
  const view = (values: Float64Array): MatrixView => ({
    values,
    offset: weights,
    rows,
    columns,
    stride: columns,
  });

  return (parameters, x, initial, steps) => {
    const u = new Float64Array((steps + 1) * columns);
    const gates = new Float64Array(steps * rows);
    const outputs = new Float64Array(steps * units);
    u.set(initial, inputs);
    for (let t = 0; t < steps; t++) {
      u.set(x.subarray(t * inputs, (t + 1) * inputs), t * columns);
      multiply(view(parameters), bias, u, t * columns, gates, t * rows);
      for (let i = 0; i < units; i++) {
        const h = at(u, t * columns + inputs + i);
        const z = (softsign(at(gates, t * rows + i)) + 1) / 2;
        const g = softsign(at(gates, t * rows + units + i));
        gates[t * rows + i] = z;
        gates[t * rows + units + i] = g;
        const next = h + z * (g - h);
        outputs[t * units + i] = next;
        u[(t + 1) * columns + inputs + i] = next;
      }
    }

    return {
      outputs,
      back(dOutputs, gradients) {
        const dInputs = new Float64Array(steps * inputs);
        const dState = new Float64Array(units);
        const da = new Float64Array(rows);
        const du = new Float64Array(columns);
        for (let t = steps - 1; t >= 0; t--) {
          for (let i = 0; i < units; i++) {
            const h = at(u, t * columns + inputs + i);
            const z = at(gates, t * rows + i);
            const g = at(gates, t * rows + units + i);
            const dh = at(dOutputs, t * units + i) + at(dState, i);
            da[i] = dh * (g - h) * 0.5 * softsignSlope(2 * z - 1);
            da[units + i] = dh * z * softsignSlope(g);
            dState[i] = dh * (1 - z);
          }
          addOuter(view(gradients), bias, da, 0, u, t * columns);
          du.fill(0);
          multiplyTransposed(view(parameters), da, 0, du, 0);
          dInputs.set(du.subarray(0, inputs), t * inputs);
          for (let i = 0; i < units; i++) addAt(dState, i, at(du, inputs + i));
        }
        return dInputs;
      },
    };
  };
}

// SPDX-License-Identifier: Apache-2.0
/**
 * GRU as in cuDNN and torch.nn.GRU, the float baseline; never quantized:
 *
 *   p = Wi x + bi      q = Wh h + bh      (rows r, z, n)
 *   r = s(p_r + q_r)      z = s(p_z + q_z)      n = tanh(p_n + r q_n)      h' = n + z (h - n)
 */
import { addAt, at } from '../arrays.ts';
import { offsetOf, type PlacedLayer } from '../shapes.ts';
import type { ForwardLayer } from './layer.ts';
import { addOuter, type MatrixView, multiply, multiplyTransposed } from './linear.ts';

export function sigmoid(a: number): number {
  return 1 / (1 + Math.exp(-a));
}

export function gruLayer(layer: PlacedLayer): ForwardLayer {
  const { inputs, units } = layer.shape;
  const rows = 3 * units;
  const view = (values: Float64Array, tensor: 0 | 1): MatrixView => {
    const columns = tensor === 0 ? inputs : units;
    return { values, offset: offsetOf(layer, tensor), rows, columns, stride: columns };
  };
  const [inputBias, stateBias] = [offsetOf(layer, 2), offsetOf(layer, 3)];

  return (parameters, x, initial, steps) => {
    const states = new Float64Array((steps + 1) * units);
    const p = new Float64Array(rows);
    const q = new Float64Array(steps * rows);
    const gates = new Float64Array(steps * rows);
    states.set(initial);
    for (let t = 0; t < steps; t++) {
      multiply(view(parameters, 0), inputBias, x, t * inputs, p, 0);
      multiply(view(parameters, 1), stateBias, states, t * units, q, t * rows);
      for (let i = 0; i < units; i++) {
        const [ri, zi, ni] = [i, units + i, 2 * units + i];
        const r = sigmoid(at(p, ri) + at(q, t * rows + ri));
        const z = sigmoid(at(p, zi) + at(q, t * rows + zi));
        const n = Math.tanh(at(p, ni) + r * at(q, t * rows + ni));
        gates[t * rows + ri] = r;
        gates[t * rows + zi] = z;
        gates[t * rows + ni] = n;
        states[(t + 1) * units + i] = n + z * (at(states, t * units + i) - n);
      }
    }

    return {
      outputs: states.slice(units),
      back(dOutputs, gradients) {
        const dInputs = new Float64Array(steps * inputs);
        const dState = new Float64Array(units);
        const dp = new Float64Array(rows);
        const dq = new Float64Array(rows);
        for (let t = steps - 1; t >= 0; t--) {
          for (let i = 0; i < units; i++) {
            const [ri, zi, ni] = [i, units + i, 2 * units + i];
            const [r, z, n] = [at(gates, t * rows + ri), at(gates, t * rows + zi), at(gates, t * rows + ni)];
            const dh = at(dOutputs, t * units + i) + at(dState, i);
            const dn = dh * (1 - z) * (1 - n * n);
            dp[ni] = dn;
            dq[ni] = dn * r;
            dp[ri] = dq[ri] = dn * at(q, t * rows + ni) * r * (1 - r);
            dp[zi] = dq[zi] = dh * (at(states, t * units + i) - n) * z * (1 - z);
            dState[i] = dh * z;
          }
          addOuter(view(gradients, 0), inputBias, dp, 0, x, t * inputs);
          addOuter(view(gradients, 1), stateBias, dq, 0, states, t * units);
          multiplyTransposed(view(parameters, 0), dp, 0, dInputs, t * inputs);
          const carried = new Float64Array(units);
          multiplyTransposed(view(parameters, 1), dq, 0, carried, 0);
          for (let i = 0; i < units; i++) addAt(dState, i, at(carried, i));
        }
        return dInputs;
      },
    };
  };
}

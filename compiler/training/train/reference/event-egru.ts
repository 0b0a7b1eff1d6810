// SPDX-License-Identifier: Apache-2.0
/**
 * Event-based eGRU that sends pulses, forward and back through time (docs/NUMERICS.md):
 *
 *   u = [x, y]      z = (softsign(Wz u + bz) + 1) / 2      g = softsign(Wg u + bg)      c = h + z (g - h)
 *   o = 1 where c > thr      y = o c      h' = c - o thr
 *
 * Backward, d o / d (c - thr) is dampening max(0, 1 - support |c - thr|), without which silent units would not learn.
 * States begin at 0.
 */
import { addAt, at } from '../arrays.ts';
import { type EventEgruShape, offsetOf, type PlacedLayer } from '../shapes.ts';
import type { ForwardLayer } from './layer.ts';
import { addOuter, type MatrixView, multiply, multiplyTransposed } from './linear.ts';
import { softsign, softsignSlope } from './softsign.ts';

/** @param pressure derivative of the loss by every event, beside what follows from the outputs */
export function eventEgruLayer(layer: PlacedLayer<EventEgruShape>, pressure = 0): ForwardLayer {
  const { inputs, units, surrogate } = layer.shape;
  const columns = inputs + units;
  const rows = 2 * units;
  const [weights, bias, thresholds] = [offsetOf(layer, 0), offsetOf(layer, 2), offsetOf(layer, 4)];
  const view = (values: Float64Array): MatrixView => ({
    values,
    offset: weights,
    rows,
    columns,
    stride: columns,
  });

  return (parameters, x, _initial, steps) => {
    const u = new Float64Array((steps + 1) * columns);
    const gates = new Float64Array(steps * rows);
    const c = new Float64Array(steps * units);
    // h[t] is the state before step t.
    const h = new Float64Array((steps + 1) * units);
    const outputs = new Float64Array(steps * units);
    for (let t = 0; t < steps; t++) {
      u.set(x.subarray(t * inputs, (t + 1) * inputs), t * columns);
      multiply(view(parameters), bias, u, t * columns, gates, t * rows);
      for (let i = 0; i < units; i++) {
        const before = at(h, t * units + i);
        const z = (softsign(at(gates, t * rows + i)) + 1) / 2;
        const g = softsign(at(gates, t * rows + units + i));
        gates[t * rows + i] = z;
        gates[t * rows + units + i] = g;
        const state = before + z * (g - before);
        const threshold = at(parameters, thresholds + i);
        const event = state > threshold;
        c[t * units + i] = state;
        h[(t + 1) * units + i] = event ? state - threshold : state;
        outputs[t * units + i] = event ? state : 0;
        u[(t + 1) * columns + inputs + i] = event ? state : 0;
      }
    }

    return {
      outputs,
      back(dOutputs, gradients) {
        const dInputs = new Float64Array(steps * inputs);
        const dState = new Float64Array(units);
        const dSent = new Float64Array(units);
        const da = new Float64Array(rows);
        const du = new Float64Array(columns);
        for (let t = steps - 1; t >= 0; t--) {
          for (let i = 0; i < units; i++) {
            const before = at(h, t * units + i);
            const state = at(c, t * units + i);
            const z = at(gates, t * rows + i);
            const g = at(gates, t * rows + units + i);
            const threshold = at(parameters, thresholds + i);
            const dy = at(dOutputs, t * units + i) + at(dSent, i);
            const dh = at(dState, i);
            const distance = state - threshold;
            const slope = surrogate.dampening * Math.max(0, 1 - surrogate.support * Math.abs(distance));
            const dEvent = (dy * state - dh * threshold + pressure) * slope;
            const dc = dh + dEvent + (distance > 0 ? dy : 0);
            addAt(gradients, thresholds + i, -dEvent - (distance > 0 ? dh : 0));
            da[i] = dc * (g - before) * 0.5 * softsignSlope(2 * z - 1);
            da[units + i] = dc * z * softsignSlope(g);
            dState[i] = dc * (1 - z);
          }
          addOuter(view(gradients), bias, da, 0, u, t * columns);
          du.fill(0);
          multiplyTransposed(view(parameters), da, 0, du, 0);
          dInputs.set(du.subarray(0, inputs), t * inputs);
          dSent.set(du.subarray(inputs));
        }
        return dInputs;
      },
    };
  };
}

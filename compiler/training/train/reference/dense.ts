// SPDX-License-Identifier: Apache-2.0
import { at } from '../arrays.ts';
import { offsetOf, type PlacedLayer } from '../shapes.ts';
import type { ForwardLayer } from './layer.ts';
import { addOuter, type MatrixView, multiply, multiplyTransposed } from './linear.ts';
import { clampedRelu, clampedReluSlope } from './softsign.ts';

/** Dense layer, each step for itself. */
export function denseLayer(layer: PlacedLayer, activation: 'relu' | 'none'): ForwardLayer {
  const { inputs, units } = layer.shape;
  const [weights, bias] = [offsetOf(layer, 0), offsetOf(layer, 1)];
  const view = (values: Float64Array): MatrixView => ({
    values,
    offset: weights,
    rows: units,
    columns: inputs,
    stride: inputs,
  });

  return (parameters, x, _initial, steps) => {
    const outputs = new Float64Array(steps * units);
    for (let t = 0; t < steps; t++) {
      multiply(view(parameters), bias, x, t * inputs, outputs, t * units);
    }
    if (activation === 'relu') outputs.set(outputs.map(clampedRelu));
    return {
      outputs,
      back(dOutputs, gradients) {
        const dInputs = new Float64Array(steps * inputs);
        const da =
          activation === 'relu' ? dOutputs.map((d, i) => d * clampedReluSlope(at(outputs, i))) : dOutputs;
        for (let t = 0; t < steps; t++) {
          addOuter(view(gradients), bias, da, t * units, x, t * inputs);
          multiplyTransposed(view(parameters), da, t * units, dInputs, t * inputs);
        }
        return dInputs;
      },
    };
  };
}

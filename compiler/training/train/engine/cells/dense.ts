// SPDX-License-Identifier: Apache-2.0
import type { DenseShape } from '../../shapes.ts';
import type { EngineCell } from './cell.ts';

export const denseEngine: EngineCell<DenseShape> = {
  type: 'dense',
  matrices: 1,
  stateProduct: false,
  forward({ kernels, parameter }, plan, t, out) {
    const { inputs, units, activation } = plan.layer.shape;
    const u = plan.input + t * plan.inputStep;
    kernels.multiply(parameter(plan, 0), parameter(plan, 1), u, out, units, inputs);
    if (activation === 'relu') kernels.reluForward(out, units);
  },
  back({ kernels, parameter }, plan, t, into, outputs) {
    const { inputs, units, activation } = plan.layer.shape;
    const d = plan.derivatives + t * plan.derivativesStep;
    if (activation === 'relu') kernels.reluBackward(outputs, d, units);
    if (into !== null) kernels.transposed(parameter(plan, 0), 4 * inputs, d, into, units, inputs);
  },
  gradients({ kernels, steps, gradient }, plan) {
    const { inputs, units } = plan.layer.shape;
    const { gates, gatesStep, input, inputStep } = plan;
    kernels.weightGradient(gates, gatesStep, input, inputStep, gradient(plan, 0), units, inputs, steps);
    kernels.biasGradient(gates, gatesStep, gradient(plan, 1), units, steps);
  },
};

// SPDX-License-Identifier: Apache-2.0
import type { EgruShape } from '../../shapes.ts';
import { ROW } from '../../wasm/matrix.ts';
import type { EngineCell } from './cell.ts';

export const egruEngine: EngineCell<EgruShape> = {
  type: 'egru',
  matrices: 2,
  stateProduct: false,
  forward({ kernels, parameter }, plan, t, out) {
    const { inputs, units } = plan.layer.shape;
    const u = plan.input + t * plan.inputStep;
    const h = u + inputs * ROW;
    const gates = plan.gates + t * plan.gatesStep;
    kernels.multiply(parameter(plan, 0), parameter(plan, 2), u, gates, 2 * units, inputs + units);
    kernels.egruForward(gates, gates + units * ROW, h, h + plan.inputStep, out, units);
  },
  back({ kernels, parameter }, plan, t, into) {
    const { inputs, units } = plan.layer.shape;
    const h = plan.input + t * plan.inputStep + inputs * ROW;
    const gates = plan.gates + t * plan.gatesStep;
    const dh = plan.derivatives + t * plan.derivativesStep;
    const weights = parameter(plan, 0);
    const stride = 4 * (inputs + units);
    kernels.egruBackward(gates, gates + units * ROW, h, dh, plan.carry, units);
    kernels.transposedAdd(weights + 4 * inputs, stride, gates, plan.carry, 2 * units, units);
    if (into !== null) kernels.transposed(weights, stride, gates, into, 2 * units, inputs);
  },
  gradients({ kernels, steps, gradient }, plan) {
    const { inputs, units } = plan.layer.shape;
    const { gates, gatesStep, input, inputStep } = plan;
    const columns = inputs + units;
    kernels.weightGradient(gates, gatesStep, input, inputStep, gradient(plan, 0), 2 * units, columns, steps);
    kernels.biasGradient(gates, gatesStep, gradient(plan, 2), 2 * units, steps);
  },
};

// SPDX-License-Identifier: Apache-2.0
import type { GruShape } from '../../shapes.ts';
import { ROW } from '../../wasm/matrix.ts';
import type { EngineCell } from './cell.ts';

export const gruEngine: EngineCell<GruShape> = {
  type: 'gru',
  matrices: 3,
  stateProduct: true,
  forward({ kernels, parameter }, plan, t, out) {
    const { inputs, units } = plan.layer.shape;
    const u = plan.input + t * plan.inputStep;
    const h = u + inputs * ROW;
    const gates = plan.gates + t * plan.gatesStep;
    const q = plan.stateGates + t * plan.gatesStep;
    kernels.multiply(parameter(plan, 0), parameter(plan, 2), u, gates, 3 * units, inputs);
    kernels.multiply(parameter(plan, 1), parameter(plan, 3), h, q, 3 * units, units);
    kernels.gruForward(...gateRows(gates, units), ...gateRows(q, units), h, h + plan.inputStep, out, units);
  },
  back({ kernels, parameter }, plan, t, into) {
    const { inputs, units } = plan.layer.shape;
    const h = plan.input + t * plan.inputStep + inputs * ROW;
    const gates = plan.gates + t * plan.gatesStep;
    const dh = plan.derivatives + t * plan.derivativesStep;
    const q = plan.stateGates + t * plan.gatesStep;
    kernels.gruBackward(...gateRows(gates, units), ...gateRows(q, units), h, dh, plan.carry, units);
    kernels.transposedAdd(parameter(plan, 1), 4 * units, q, plan.carry, 3 * units, units);
    if (into !== null) kernels.transposed(parameter(plan, 0), 4 * inputs, gates, into, 3 * units, inputs);
  },
  gradients({ kernels, steps, gradient }, plan) {
    const { inputs, units } = plan.layer.shape;
    const { gates, gatesStep, stateGates: q, input, inputStep } = plan;
    const h = input + inputs * ROW;
    kernels.weightGradient(gates, gatesStep, input, inputStep, gradient(plan, 0), 3 * units, inputs, steps);
    kernels.weightGradient(q, gatesStep, h, inputStep, gradient(plan, 1), 3 * units, units, steps);
    kernels.biasGradient(gates, gatesStep, gradient(plan, 2), 3 * units, steps);
    kernels.biasGradient(q, gatesStep, gradient(plan, 3), 3 * units, steps);
  },
};

/** Addresses of the rows of r, z and n. */
function gateRows(start: number, units: number): [number, number, number] {
  return [start, start + units * ROW, start + 2 * units * ROW];
}

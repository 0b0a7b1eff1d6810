// SPDX-License-Identifier: Apache-2.0
import type { EventEgruShape } from '../../shapes.ts';
import { ROW } from '../../wasm/matrix.ts';
import type { EngineCell, LayerPlan } from './cell.ts';

/**
 * Rows of stateGates, units each: states of a step before the event, what is left of them, and the derivatives by the
 * thresholds. The third part of gates is never written: the zeros that states begin with.
 */
export const eventEgruEngine: EngineCell<EventEgruShape> = {
  type: 'event-egru',
  matrices: 3,
  stateProduct: true,
  carries: 2,
  settings: ({ surrogate: { support, dampening } }) => ({ support, dampening, threshold: 0 }),
  forward({ kernels, parameter }, plan, t, out) {
    const { inputs, units } = plan.layer.shape;
    const u = plan.input + t * plan.inputStep;
    const gates = plan.gates + t * plan.gatesStep;
    const c = plan.stateGates + t * plan.gatesStep;
    const next = u + inputs * ROW + plan.inputStep;
    kernels.multiply(parameter(plan, 0), parameter(plan, 2), u, gates, 2 * units, inputs + units);
    const before = stateBefore(plan, t);
    const threshold = parameter(plan, 4);
    kernels.eventForward(gates, gates + units * ROW, before, c, c + units * ROW, next, out, threshold, units);
  },
  back({ kernels, parameter }, plan, t, into) {
    const { inputs, units } = plan.layer.shape;
    const gates = plan.gates + t * plan.gatesStep;
    const c = plan.stateGates + t * plan.gatesStep;
    const dy = plan.derivatives + t * plan.derivativesStep;
    const sent = plan.carry + units * ROW;
    const weights = parameter(plan, 0);
    const stride = 4 * (inputs + units);
    kernels.eventBackward(
      ...[gates, gates + units * ROW, stateBefore(plan, t), c, dy, sent, plan.carry, c + 2 * units * ROW],
      ...[parameter(plan, 4), plan.settings, units],
    );
    kernels.transposed(weights + 4 * inputs, stride, gates, sent, 2 * units, units);
    if (into !== null) kernels.transposed(weights, stride, gates, into, 2 * units, inputs);
  },
  gradients({ kernels, steps, gradient }, plan) {
    const { inputs, units } = plan.layer.shape;
    const { gates, gatesStep, stateGates, input, inputStep } = plan;
    const columns = inputs + units;
    kernels.weightGradient(gates, gatesStep, input, inputStep, gradient(plan, 0), 2 * units, columns, steps);
    kernels.biasGradient(gates, gatesStep, gradient(plan, 2), 2 * units, steps);
    kernels.biasGradient(stateGates + 2 * units * ROW, gatesStep, gradient(plan, 4), units, steps);
  },
};

/** What the event of the step before left; at the start zeros. */
function stateBefore({ layer, gates, stateGates, gatesStep }: LayerPlan, t: number): number {
  const { units } = layer.shape;
  return t === 0 ? gates + 2 * units * ROW : stateGates + (t - 1) * gatesStep + units * ROW;
}

// SPDX-License-Identifier: Apache-2.0
/**
 * Forward and backward passes of sixteen clips at once through the kernels, layer by layer, each over all steps.
 * Twin of compiler/train/reference, in float32.
 */
import { offsetOf } from '../network.ts';
import type { Kernels } from '../wasm/kernels.ts';
import { ROW } from '../wasm/matrix.ts';
import type { LayerPlan, Plan } from './plan.ts';

export class Passes {
  readonly #kernels: Kernels;
  readonly #plan: Plan;
  readonly #steps: number;

  constructor(kernels: Kernels, plan: Plan, steps: number) {
    this.#kernels = kernels;
    this.#plan = plan;
    this.#steps = steps;
  }

  /** From the rows of the first layer's inputs and the initial states to the logits of every step. */
  forward(): void {
    this.#plan.layers.forEach((layer, index) => {
      const next = this.#plan.layers[index + 1];
      const [out, outStep] =
        next === undefined ? [this.#plan.logits, this.#plan.logitsStep] : [next.input, next.inputStep];
      for (let t = 0; t < this.#steps; t++) this.#forwardStep(layer, t, out + t * outStep);
    });
  }

  #forwardStep(plan: LayerPlan, t: number, out: number): void {
    const { type, inputs, units } = plan.layer.shape;
    const kernels = this.#kernels;
    const u = plan.input + t * plan.inputStep;
    const h = u + inputs * ROW;
    const next = h + plan.inputStep;
    const gates = plan.gates + t * plan.gatesStep;
    if (type === 'egru') {
      kernels.multiply(
        this.#parameter(plan, 0),
        this.#parameter(plan, 2),
        u,
        gates,
        2 * units,
        inputs + units,
      );
      kernels.egruForward(gates, gates + units * ROW, h, next, out, units);
    } else if (type === 'gru') {
      const q = plan.stateGates + t * plan.gatesStep;
      kernels.multiply(this.#parameter(plan, 0), this.#parameter(plan, 2), u, gates, 3 * units, inputs);
      kernels.multiply(this.#parameter(plan, 1), this.#parameter(plan, 3), h, q, 3 * units, units);
      kernels.gruForward(...gateRows(gates, units), ...gateRows(q, units), h, next, out, units);
    } else {
      kernels.multiply(this.#parameter(plan, 0), this.#parameter(plan, 1), u, out, units, inputs);
      if (plan.layer.shape.activation === 'relu') kernels.reluForward(out, units);
    }
  }

  /** From the last layer's rows of derivatives to the gradients of all parameters. */
  backward(): void {
    const { layers } = this.#plan;
    for (let index = layers.length - 1; index >= 0; index--) {
      const plan = layers[index];
      if (plan === undefined) continue;
      const below = layers[index - 1];
      for (let t = this.#steps - 1; t >= 0; t--) {
        // The derivatives by the features are not needed.
        const into = below === undefined ? null : below.derivatives + t * below.derivativesStep;
        if (plan.layer.shape.type === 'dense') this.#denseBack(plan, layers[index + 1], t, into);
        else this.#recurrentBack(plan, t, into);
      }
      this.#gradients(plan);
    }
  }

  #denseBack(plan: LayerPlan, above: LayerPlan | undefined, t: number, into: number | null): void {
    const { inputs, units } = plan.layer.shape;
    const d = plan.derivatives + t * plan.derivativesStep;
    if (plan.layer.shape.type === 'dense' && plan.layer.shape.activation === 'relu') {
      const outputs =
        above === undefined
          ? this.#plan.logits + t * this.#plan.logitsStep
          : above.input + t * above.inputStep;
      this.#kernels.reluBackward(outputs, d, units);
    }
    if (into !== null) this.#kernels.transposed(this.#parameter(plan, 0), 4 * inputs, d, into, units, inputs);
  }

  #recurrentBack(plan: LayerPlan, t: number, into: number | null): void {
    const { type, inputs, units } = plan.layer.shape;
    const kernels = this.#kernels;
    const h = plan.input + t * plan.inputStep + inputs * ROW;
    const gates = plan.gates + t * plan.gatesStep;
    const dh = plan.derivatives + t * plan.derivativesStep;
    const weights = this.#parameter(plan, 0);
    if (type === 'egru') {
      const stride = 4 * (inputs + units);
      kernels.egruBackward(gates, gates + units * ROW, h, dh, plan.carry, units);
      kernels.transposedAdd(weights + 4 * inputs, stride, gates, plan.carry, 2 * units, units);
      if (into !== null) kernels.transposed(weights, stride, gates, into, 2 * units, inputs);
    } else {
      const q = plan.stateGates + t * plan.gatesStep;
      kernels.gruBackward(...gateRows(gates, units), ...gateRows(q, units), h, dh, plan.carry, units);
      kernels.transposedAdd(this.#parameter(plan, 1), 4 * units, q, plan.carry, 3 * units, units);
      if (into !== null) kernels.transposed(weights, 4 * inputs, gates, into, 3 * units, inputs);
    }
  }

  /** Gradients of a layer's tensors, from the derivatives of all steps. */
  #gradients(plan: LayerPlan): void {
    const { type, inputs, units } = plan.layer.shape;
    const { gates, gatesStep, input, inputStep } = plan;
    const steps = this.#steps;
    const kernels = this.#kernels;
    const gradient = (tensor: number) => this.#plan.gradients + 4 * offsetOf(plan.layer, tensor);
    if (type === 'egru') {
      const columns = inputs + units;
      kernels.weightGradient(gates, gatesStep, input, inputStep, gradient(0), 2 * units, columns, steps);
      kernels.biasGradient(gates, gatesStep, gradient(2), 2 * units, steps);
    } else if (type === 'gru') {
      const [q, h] = [plan.stateGates, input + inputs * ROW];
      kernels.weightGradient(gates, gatesStep, input, inputStep, gradient(0), 3 * units, inputs, steps);
      kernels.weightGradient(q, gatesStep, h, inputStep, gradient(1), 3 * units, units, steps);
      kernels.biasGradient(gates, gatesStep, gradient(2), 3 * units, steps);
      kernels.biasGradient(q, gatesStep, gradient(3), 3 * units, steps);
    } else {
      kernels.weightGradient(gates, gatesStep, input, inputStep, gradient(0), units, inputs, steps);
      kernels.biasGradient(gates, gatesStep, gradient(1), units, steps);
    }
  }

  #parameter(plan: LayerPlan, tensor: number): number {
    return this.#plan.parameters + 4 * offsetOf(plan.layer, tensor);
  }
}

/** Addresses of the rows of r, z and n. */
function gateRows(start: number, units: number): [number, number, number] {
  return [start, start + units * ROW, start + 2 * units * ROW];
}

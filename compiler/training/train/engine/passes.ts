// SPDX-License-Identifier: Apache-2.0
/**
 * Forward and backward passes of sixteen clips at once through the kernels, layer by layer, each over all steps.
 * Twin of compiler/train/reference, in float32.
 */
import { offsetOf } from '../shapes.ts';
import type { Kernels } from '../wasm/kernels.ts';
import type { Pass } from './cells/cell.ts';
import { engineCell } from './cells/index.ts';
import type { Plan } from './plan.ts';

export class Passes {
  readonly #pass: Pass;
  readonly #plan: Plan;

  constructor(kernels: Kernels, plan: Plan, steps: number) {
    this.#plan = plan;
    this.#pass = {
      kernels,
      steps,
      parameter: (own, tensor) => plan.parameters + 4 * offsetOf(own.layer, tensor),
      gradient: (own, tensor) => plan.gradients + 4 * offsetOf(own.layer, tensor),
    };
  }

  /** From the rows of the first layer's inputs and the initial states to the logits of every step. */
  forward(): void {
    this.#plan.layers.forEach((plan, index) => {
      const cell = engineCell(plan.layer.shape);
      for (let t = 0; t < this.#pass.steps; t++) cell.forward(this.#pass, plan, t, this.#outputs(index, t));
    });
  }

  /** From the last layer's rows of derivatives to the gradients of all parameters. */
  backward(): void {
    const { layers } = this.#plan;
    for (let index = layers.length - 1; index >= 0; index--) {
      const plan = layers[index];
      if (plan === undefined) continue;
      const below = layers[index - 1];
      const cell = engineCell(plan.layer.shape);
      for (let t = this.#pass.steps - 1; t >= 0; t--) {
        // The derivatives by the features are of no use, nor what leads to them through layers without parameters.
        const useless = layers.slice(0, index).every((one) => one.layer.tensors.length === 0);
        const into = below === undefined || useless ? null : below.derivatives + t * below.derivativesStep;
        cell.back(this.#pass, plan, t, into, this.#outputs(index, t));
      }
      cell.gradients(this.#pass, plan);
    }
  }

  /** Address of a layer's outputs: the inputs of the next one, or the logits. */
  #outputs(index: number, t: number): number {
    const next = this.#plan.layers[index + 1];
    return next === undefined
      ? this.#plan.logits + t * this.#plan.logitsStep
      : next.input + t * next.inputStep;
  }
}

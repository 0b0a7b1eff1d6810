// SPDX-License-Identifier: Apache-2.0
/** What every layer of the reference trainer offers: one clip forward, then back through time. */

/** A clip's way through a layer. Values of a step lie together: [step][unit]. */
export interface LayerRun {
  /** steps x units. */
  readonly outputs: Float64Array;
  /**
   * @param dOutputs derivative of the loss by the outputs, steps x units
   * @param gradients of all parameters; this layer's are added to
   * @returns derivative by the inputs, steps x inputs
   */
  back(dOutputs: Float64Array, gradients: Float64Array): Float64Array;
}

/**
 * @param parameters as the passes use them (quantized or not)
 * @param inputs steps x inputs
 * @param initial the state before the first step, one value per unit; empty for layers that begin with 0 or have none
 */
export type ForwardLayer = (
  parameters: Float64Array,
  inputs: Float64Array,
  initial: Float64Array,
  steps: number,
) => LayerRun;

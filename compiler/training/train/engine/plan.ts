// SPDX-License-Identifier: Apache-2.0
/** Where everything lies in a thread's WebAssembly memory: addresses in bytes, rows as in wasm/matrix.ts. */
import type { Network, PlacedLayer } from '../network.ts';
import { ROW } from '../wasm/matrix.ts';

export interface LayerPlan {
  readonly layer: PlacedLayer;
  /** Rows of the layer's inputs at a step, followed for recurrent layers by those of the state before it. */
  readonly input: number;
  /** Bytes from step to step of `input`; there is one step more than the clip has, for the last state. */
  readonly inputStep: number;
  /**
   * Accumulators of each step, which the backward pass turns into derivatives. eGRU: z, then g rows; GRU: r, z, n rows
   * of the inputs' product. Dense layers: the derivatives by the accumulators (their outputs lie in the next input).
   */
  readonly gates: number;
  readonly gatesStep: number;
  /** GRU: r, z, n rows of the state's product, same step; for other layers of no use. */
  readonly stateGates: number;
  /** Derivatives by the outputs, units rows per step. */
  readonly derivatives: number;
  readonly derivativesStep: number;
  /** Derivatives by the state, units rows. */
  readonly carry: number;
}

export interface Plan {
  readonly layers: readonly LayerPlan[];
  /** Outputs of the last layer, outputs rows per step. */
  readonly logits: number;
  readonly logitsStep: number;
  /** network.size floats each. */
  readonly parameters: number;
  readonly gradients: number;
  readonly bytes: number;
}

/** @param steps of a clip */
export function planOf(network: Network, steps: number): Plan {
  let end = 0;
  const reserve = (bytes: number): number => {
    const start = end;
    end = Math.ceil((start + bytes) / ROW) * ROW;
    return start;
  };
  const parameters = reserve(4 * network.size);
  const gradients = reserve(4 * network.size);
  const layers = network.layers.map((layer): LayerPlan => {
    const { type, inputs, units } = layer.shape;
    const inputStep = ROW * (type === 'dense' ? inputs : inputs + units);
    const rows = { egru: 2 * units, gru: 3 * units, dense: units }[type];
    const derivatives = reserve(steps * units * ROW);
    return {
      layer,
      input: reserve((steps + 1) * inputStep),
      inputStep,
      // A dense layer's accumulators have the place of its outputs, and so have their derivatives.
      gates: type === 'dense' ? derivatives : reserve(steps * rows * ROW),
      gatesStep: rows * ROW,
      stateGates: type === 'gru' ? reserve(steps * rows * ROW) : 0,
      derivatives,
      derivativesStep: units * ROW,
      carry: type === 'dense' ? 0 : reserve(units * ROW),
    };
  });
  const logits = reserve(steps * network.outputs * ROW);
  return { layers, logits, logitsStep: network.outputs * ROW, parameters, gradients, bytes: end };
}

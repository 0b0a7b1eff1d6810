// SPDX-License-Identifier: Apache-2.0
/** Where everything lies in a thread's WebAssembly memory: addresses in bytes, rows as in wasm/matrix.ts. */
import { trainedCell } from '../cells/index.ts';
import type { Network } from '../shapes.ts';
import { SETTINGS } from '../wasm/event-cells.ts';
import { ROW } from '../wasm/matrix.ts';
import type { LayerPlan } from './cells/cell.ts';
import { engineCell } from './cells/index.ts';

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
    const { inputs, units } = layer.shape;
    const { recurrent } = trainedCell(layer.shape);
    const { matrices, stateProduct, carries = 1 } = engineCell(layer.shape);
    const inputStep = ROW * (recurrent ? inputs + units : inputs);
    const rows = matrices * units;
    const derivatives = reserve(steps * units * ROW);
    return {
      layer,
      input: reserve((steps + 1) * inputStep),
      inputStep,
      // A dense layer's accumulators have the place of its outputs, and so have their derivatives.
      gates: recurrent ? reserve(steps * rows * ROW) : derivatives,
      gatesStep: rows * ROW,
      stateGates: stateProduct ? reserve(steps * rows * ROW) : 0,
      derivatives,
      derivativesStep: units * ROW,
      carry: recurrent ? reserve(carries * units * ROW) : 0,
      settings: trainedCell(layer.shape).events ? reserve(SETTINGS.bytes) : 0,
    };
  });
  const logits = reserve(steps * network.outputs * ROW);
  return { layers, logits, logitsStep: network.outputs * ROW, parameters, gradients, bytes: end };
}

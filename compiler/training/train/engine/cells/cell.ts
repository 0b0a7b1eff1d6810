// SPDX-License-Identifier: Apache-2.0
import type { LayerShape, PlacedLayer } from '../../shapes.ts';
import type { Kernels } from '../../wasm/kernels.ts';

export interface LayerPlan<S extends LayerShape = LayerShape> {
  readonly layer: PlacedLayer<S>;
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
  /** Derivatives by the state, units rows for each of the cell's carries. */
  readonly carry: number;
  /** What wasm/event-cells.ts calls SETTINGS; for cells without events of no use. */
  readonly settings: number;
}

/** What a cell computes with. */
export interface Pass {
  readonly kernels: Kernels;
  /** Steps of a clip. */
  readonly steps: number;
  /** Address of a tensor, by its place among its cell's, and of its gradient. */
  parameter(plan: LayerPlan, tensor: number): number;
  gradient(plan: LayerPlan, tensor: number): number;
}

/** Numbers of a layer that sends events. */
export interface EventSettings {
  readonly support: number;
  readonly dampening: number;
  readonly threshold: number;
}

/** A cell in the fast engine: sixteen clips at once. */
export interface EngineCell<S extends LayerShape = LayerShape> {
  readonly type: S['type'];
  /** Rows of accumulators per unit. */
  readonly matrices: number;
  /** Whether the state's product has accumulators of its own. */
  readonly stateProduct: boolean;
  /** Derivatives that go from step to step, per unit; absent: 1. */
  readonly carries?: number;
  /** Whether an event of the cell is a change of its output; otherwise it is an output other than 0. */
  readonly heldOutputs?: boolean;
  /** Of a cell that sends events. */
  settings?(shape: S): EventSettings;
  /** @param out address of the outputs of step t */
  forward(pass: Pass, plan: LayerPlan<S>, t: number, out: number): void;
  /**
   * @param into where the derivatives by the inputs go; null: nobody asks for them
   * @param outputs address of the outputs of step t
   */
  back(pass: Pass, plan: LayerPlan<S>, t: number, into: number | null, outputs: number): void;
  /** Gradients of the tensors, from the derivatives of all steps. */
  gradients(pass: Pass, plan: LayerPlan<S>): void;
}

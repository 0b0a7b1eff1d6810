// SPDX-License-Identifier: Apache-2.0
import type { EventRules } from '../events.ts';
import type { LayerShape, TensorKind } from '../shapes.ts';

export type TensorShape = readonly [name: string, kind: TensorKind, sides: readonly number[]];

export interface LayerSizes {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
}

/** A cell as training knows it; how it is computed is for reference/ and engine/cells. */
export interface TrainedCell<S extends LayerShape = LayerShape> {
  readonly type: S['type'];
  /** Whether it has a state. */
  readonly recurrent: boolean;
  /** Whether training begins with random states; otherwise they are 0. */
  readonly randomStates: boolean;
  /** Whether it sends events: the engine counts them. */
  readonly events: boolean;
  /** Whether the compiler takes it: its weights have levels. */
  readonly compiled: boolean;
  /** Names and shapes of a layer's tensors. */
  tensors(shape: S): readonly TensorShape[];
  /** Parameters begin within ±1/sqrt of it, thresholds with the shape's. */
  spread(shape: S): number;
  /** A layer of these sizes. */
  shape(sizes: LayerSizes, events: EventRules | null): S;
  /** A layer of a model for its way forward in floating point; null: this is not computed. */
  forwardShape(sizes: LayerSizes, settings: object): S | null;
  /** What model.json has of a layer beside type, name, inputs and units. */
  modelKeys(shape: S): object;
}

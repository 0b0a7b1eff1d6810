// SPDX-License-Identifier: Apache-2.0
import type { LayerShape } from '../shapes.ts';

export type TensorShape = readonly [name: string, kind: 'weight' | 'bias', sides: readonly number[]];

/** A cell as training knows it; how it is computed is for reference/ and engine/cells. */
export interface TrainedCell<S extends LayerShape = LayerShape> {
  readonly type: S['type'];
  /** Whether it has a state. */
  readonly recurrent: boolean;
  /** Whether the compiler takes it: its weights have levels. */
  readonly compiled: boolean;
  /** Names and shapes of a layer's tensors. */
  tensors(shape: S): readonly TensorShape[];
  /** Parameters begin within ±1/sqrt of it. */
  spread(shape: S): number;
}

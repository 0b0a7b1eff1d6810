// SPDX-License-Identifier: Apache-2.0
/** What a network to be trained consists of. */

/** eGRU cell as docs/NUMERICS.md defines it. */
export interface EgruShape {
  readonly type: 'egru';
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
}

/** The float baseline: the GRU of cuDNN and PyTorch, whose reset gate acts on the recurrent product. */
export interface GruShape {
  readonly type: 'gru';
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
}

export interface DenseShape {
  readonly type: 'dense';
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  /** relu: clamped to [0, 1] as the chip does. */
  readonly activation: 'relu' | 'none';
}

/** Event-based eGRU that sends pulses without sign and subtracts its threshold (docs/NUMERICS.md). */
export interface EventEgruShape {
  readonly type: 'event-egru';
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  /** Slope of an event by its state c: dampening max(0, 1 - support |c - threshold|). */
  readonly surrogate: { readonly dampening: number; readonly support: number };
  /** Where thresholds begin, in [0, 1]. */
  readonly threshold: number;
}

/** Thresholded inputs: nothing to train. */
export interface DeltaShape {
  readonly type: 'delta';
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  /** Q15. */
  readonly threshold: number;
}

export type LayerShape = EgruShape | GruShape | DenseShape | EventEgruShape | DeltaShape;

/** Thresholds are used clamped to [0, 1]. */
export type TensorKind = 'weight' | 'bias' | 'threshold';

export interface TensorPlace {
  readonly name: string;
  readonly kind: TensorKind;
  readonly shape: readonly number[];
  /** Index of the first value in the parameters; row-major from there. */
  readonly offset: number;
  readonly size: number;
}

/** A layer with the places of its tensors in the order of its cell. */
export interface PlacedLayer<S extends LayerShape = LayerShape> {
  readonly shape: S;
  readonly tensors: readonly TensorPlace[];
  /** Index of this layer's first unit among all recurrent units; for dense layers of no use. */
  readonly state: number;
}

export interface Network {
  readonly layers: readonly PlacedLayer[];
  readonly tensors: readonly TensorPlace[];
  /** Number of parameters. */
  readonly size: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Recurrent units of all layers that begin with random states: what an initial state consists of. */
  readonly states: number;
}

/** Place of a layer's tensor by its position among its cell's. */
export function offsetOf(layer: PlacedLayer, index: number): number {
  const tensor = layer.tensors[index];
  if (tensor === undefined) throw new Error(`${layer.shape.name} has no tensor ${index}`);
  return tensor.offset;
}

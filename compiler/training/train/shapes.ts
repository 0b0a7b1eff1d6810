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

export type LayerShape = EgruShape | GruShape | DenseShape;

export interface TensorPlace {
  readonly name: string;
  readonly kind: 'weight' | 'bias';
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
  /** Recurrent units of all layers: what an initial state consists of. */
  readonly states: number;
}

/** Place of a layer's tensor by its position among its cell's. */
export function offsetOf(layer: PlacedLayer, index: number): number {
  const tensor = layer.tensors[index];
  if (tensor === undefined) throw new Error(`${layer.shape.name} has no tensor ${index}`);
  return tensor.offset;
}

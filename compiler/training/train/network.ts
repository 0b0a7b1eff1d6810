// SPDX-License-Identifier: Apache-2.0
/**
 * A network to be trained: its layers, and where each tensor lies in the one flat array that holds all parameters.
 * Reference trainer, fast engine, optimizer and files share this layout.
 */
import type { Random } from './random.ts';

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

/** A layer with the places of its tensors in the order of tensorsOf(). */
export interface PlacedLayer {
  readonly shape: LayerShape;
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

/**
 * Names and shapes of a layer's tensors. eGRU (PAPER names: zx the update gate, hx the candidate, columns [inputs,
 * previous state]): both weights, then both biases, so that z and g rows form one matrix of 2 x units rows. GRU: as in
 * torch.nn.GRU, rows r, z, n.
 */
function tensorsOf({ type, name, inputs, units }: LayerShape): [string, 'weight' | 'bias', number[]][] {
  switch (type) {
    case 'egru':
      return [
        [`${name}.weight_zx.weight`, 'weight', [units, inputs + units]],
        [`${name}.weight_hx.weight`, 'weight', [units, inputs + units]],
        [`${name}.weight_zx.bias`, 'bias', [units]],
        [`${name}.weight_hx.bias`, 'bias', [units]],
      ];
    case 'gru':
      return [
        [`${name}.weight_ih_l0`, 'weight', [3 * units, inputs]],
        [`${name}.weight_hh_l0`, 'weight', [3 * units, units]],
        [`${name}.bias_ih_l0`, 'bias', [3 * units]],
        [`${name}.bias_hh_l0`, 'bias', [3 * units]],
      ];
    case 'dense':
      return [
        [`${name}.weight`, 'weight', [units, inputs]],
        [`${name}.bias`, 'bias', [units]],
      ];
  }
}

/** @throws Error where the layers do not fit together: configurations are checked where they are read */
export function networkOf(shapes: readonly LayerShape[]): Network {
  let offset = 0;
  let states = 0;
  let width = shapes[0]?.inputs ?? 0;
  const layers = shapes.map((shape): PlacedLayer => {
    if (shape.inputs !== width) throw new Error(`${shape.name} has ${shape.inputs} inputs, not ${width}`);
    width = shape.units;
    const tensors = tensorsOf(shape).map(([name, kind, sides]): TensorPlace => {
      const size = sides.reduce((product, side) => product * side, 1);
      offset += size;
      return { name, kind, shape: sides, offset: offset - size, size };
    });
    const state = states;
    if (shape.type !== 'dense') states += shape.units;
    return { shape, tensors, state };
  });
  if (width === 0) throw new Error('a network has at least one layer with units');
  const inputs = shapes[0]?.inputs ?? 0;
  return {
    layers,
    tensors: layers.flatMap(({ tensors }) => tensors),
    size: offset,
    inputs,
    outputs: width,
    states,
  };
}

/** Place of a layer's tensor by its position in tensorsOf(). */
export function offsetOf(layer: PlacedLayer, index: number): number {
  const tensor = layer.tensors[index];
  if (tensor === undefined) throw new Error(`${layer.shape.name} has no tensor ${index}`);
  return tensor.offset;
}

/** Uniform in ±1/sqrt(n), n the columns of a weight (of the GRU: its units), as PyTorch's layers begin. */
export function initialize(network: Network, random: Random): Float32Array {
  const parameters = new Float32Array(network.size);
  for (const { shape, tensors } of network.layers) {
    const fanIn = shape.type === 'egru' ? shape.inputs + shape.units : shape.inputs;
    const bound = 1 / Math.sqrt(shape.type === 'gru' ? shape.units : fanIn);
    for (const { offset, size } of tensors) {
      for (let i = offset; i < offset + size; i++) parameters[i] = random.uniform(-bound, bound);
    }
  }
  return parameters;
}

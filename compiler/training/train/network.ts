// SPDX-License-Identifier: Apache-2.0
/**
 * A network to be trained: its layers, and where each tensor lies in the one flat array that holds all parameters.
 * Reference trainer, fast engine, optimizer and files share this layout.
 */
import { trainedCell } from './cells/index.ts';
import type { Random } from './random.ts';
import type { LayerShape, Network, PlacedLayer, TensorPlace } from './shapes.ts';

export type { LayerShape, Network } from './shapes.ts';

/** @throws Error where the layers do not fit together: configurations are checked where they are read */
export function networkOf(shapes: readonly LayerShape[]): Network {
  let offset = 0;
  let states = 0;
  let width = shapes[0]?.inputs ?? 0;
  const layers = shapes.map((shape): PlacedLayer => {
    if (shape.inputs !== width) throw new Error(`${shape.name} has ${shape.inputs} inputs, not ${width}`);
    width = shape.units;
    const tensors = trainedCell(shape)
      .tensors(shape)
      .map(([name, kind, sides]): TensorPlace => {
        const size = sides.reduce((product, side) => product * side, 1);
        offset += size;
        return { name, kind, shape: sides, offset: offset - size, size };
      });
    const state = states;
    if (trainedCell(shape).randomStates) states += shape.units;
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

function thresholdOf(shape: LayerShape): number {
  return 'threshold' in shape ? shape.threshold : 0;
}

/** Uniform in ±1/sqrt(n), n the columns of a weight (of the GRU: its units), as PyTorch's layers begin. */
export function initialize(network: Network, random: Random): Float32Array {
  const parameters = new Float32Array(network.size);
  for (const { shape, tensors } of network.layers) {
    const bound = 1 / Math.sqrt(trainedCell(shape).spread(shape));
    for (const { kind, offset, size } of tensors) {
      for (let i = offset; i < offset + size; i++)
        parameters[i] = kind === 'threshold' ? thresholdOf(shape) : random.uniform(-bound, bound);
    }
  }
  return parameters;
}

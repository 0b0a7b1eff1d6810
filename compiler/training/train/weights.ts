// SPDX-License-Identifier: Apache-2.0
/** Parameters as a weights file, and back. */
import { InputError } from '../../core/base/errors.ts';
import type { StoredTensor } from '../../core/weights/tensors.ts';
import { initialize, type Network } from './network.ts';
import { clampThresholds } from './quantizer.ts';
import { Random } from './random.ts';
import { safetensorsBytes } from './safetensors.ts';
import type { TensorPlace } from './shapes.ts';

/**
 * The weights file of a model: full-precision parameters, which the compiler quantizes by the rules of model.json.
 * @param metadata texts such as frontendDigest, which ties the weights to their feature extractor
 */
export function weightsFile(
  network: Network,
  parameters: Float32Array,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const clamped = parameters.slice();
  clampThresholds(clamped, network);
  const tensors = network.tensors.map(({ name, shape, offset, size }) => ({
    name,
    shape,
    values: clamped.subarray(offset, offset + size),
  }));
  return safetensorsBytes(tensors, metadata);
}

/**
 * Parameters from the tensors of a weights file. The last layer of another task has other labels: where its shape
 * differs it keeps what it begins with, and everything before it is taken.
 * @param seed of what the last layer begins with then
 * @returns whether all of them are the file's
 * @throws InputError about `file` where a tensor is missing or, before the last layer, has another shape
 */
export function parametersFrom(
  file: string,
  network: Network,
  tensors: ReadonlyMap<string, StoredTensor>,
  seed: number,
): { parameters: Float32Array; isWhole: boolean } {
  const parameters = initialize(network, new Random(seed));
  const last = network.layers.at(-1);
  let isWhole = true;
  for (const layer of network.layers) {
    const stored = layer.tensors.map((place) => ({ place, tensor: tensors.get(place.name) }));
    const differing = stored.find(({ place, tensor }) => tensor?.shape.join() !== place.shape.join());
    if (differing?.tensor !== undefined && layer === last && network.layers.length > 1) {
      isWhole = false;
      continue;
    }
    if (differing !== undefined) throw mismatch(file, differing);
    for (const { place, tensor } of stored)
      if (tensor !== undefined) parameters.set(tensor.values(), place.offset);
  }
  return { parameters, isWhole };
}

function mismatch(
  file: string,
  { place, tensor }: { place: TensorPlace; tensor: StoredTensor | undefined },
): InputError {
  if (tensor === undefined) return new InputError(file, `tensor "${place.name}" is missing`);
  const [expected, found] = [place.shape.join(', '), tensor.shape.join(', ')];
  return new InputError(file, `tensor "${place.name}" needs shape [${expected}], found [${found}]`);
}

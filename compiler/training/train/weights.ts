// SPDX-License-Identifier: Apache-2.0
/** Parameters as a weights file, and back. */
import { InputError } from '../../core/base/errors.ts';
import type { StoredTensor } from '../../core/weights/tensors.ts';
import type { Network } from './network.ts';
import { clampThresholds } from './quantizer.ts';
import { safetensorsBytes } from './safetensors.ts';

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
 * Parameters from the tensors of a weights file.
 * @throws InputError about `file` where a tensor is missing or has another shape
 */
export function parametersFrom(
  file: string,
  network: Network,
  tensors: ReadonlyMap<string, StoredTensor>,
): Float32Array {
  const parameters = new Float32Array(network.size);
  for (const { name, shape, offset } of network.tensors) {
    const stored = tensors.get(name);
    if (stored === undefined) throw new InputError(file, `tensor "${name}" is missing`);
    if (stored.shape.join() !== shape.join()) {
      const [expected, found] = [shape.join(', '), stored.shape.join(', ')];
      throw new InputError(file, `tensor "${name}" needs shape [${expected}], found [${found}]`);
    }
    parameters.set(stored.values(), offset);
  }
  return parameters;
}

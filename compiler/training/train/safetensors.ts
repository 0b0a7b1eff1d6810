// SPDX-License-Identifier: Apache-2.0
/** Writes floating-point tensors as a safetensors file, which compiler/core/model reads. */
import { safetensorsHeader } from '../../core/weights/safetensors-header.ts';
import type { Floats } from './arrays.ts';

export interface FloatTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Floats;
}

/** Float64 tensors should come first, so that they are aligned. */
export function safetensorsBytes(
  tensors: readonly FloatTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header = safetensorsHeader(
    tensors.map(({ name, shape, values }) => ({
      name,
      dtype: values.BYTES_PER_ELEMENT === 8 ? 'F64' : 'F32',
      shape,
    })),
    metadata,
  );
  const length = tensors.reduce((sum, { values }) => sum + values.byteLength, 0);
  const bytes = Buffer.alloc(header.length + length);
  bytes.set(header);
  let at = header.length;
  for (const { values } of tensors) {
    for (const value of values) {
      at = values.BYTES_PER_ELEMENT === 8 ? bytes.writeDoubleLE(value, at) : bytes.writeFloatLE(value, at);
    }
  }
  return bytes;
}

// SPDX-License-Identifier: Apache-2.0
/** Writes floating-point tensors as a safetensors file, which compiler/core/model reads. */
import type { Floats } from './arrays.ts';

export interface FloatTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Floats;
}

/** The data begin at a multiple of this. */
const ALIGN = 8;

/** Float64 tensors should come first, so that they are aligned. */
export function safetensorsBytes(
  tensors: readonly FloatTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let length = 0;
  for (const { name, shape, values } of tensors) {
    const dtype = values.BYTES_PER_ELEMENT === 8 ? 'F64' : 'F32';
    header[name] = { dtype, shape, data_offsets: [length, length + values.byteLength] };
    length += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / ALIGN) * ALIGN;
  const bytes = Buffer.alloc(8 + padded + length, ' ');
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  bytes.set(json, 8);
  let at = 8 + padded;
  for (const { values } of tensors) {
    for (const value of values) {
      at = values.BYTES_PER_ELEMENT === 8 ? bytes.writeDoubleLE(value, at) : bytes.writeFloatLE(value, at);
    }
  }
  return bytes;
}

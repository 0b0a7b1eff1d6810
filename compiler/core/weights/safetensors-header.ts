// SPDX-License-Identifier: Apache-2.0
/** The header of a safetensors file that is to be written; the tensors follow in its order, little-endian. */

const ALIGN = 8;
const LENGTH_BYTES = 8;
const BYTES = { I16: 2, I32: 4, F32: 4, F64: 8 } as const;

export interface TensorEntry {
  readonly name: string;
  readonly dtype: keyof typeof BYTES;
  readonly shape: readonly number[];
}

/**
 * Length, then JSON padded with blanks so that the tensors begin at a multiple of 8.
 * @param least bytes of the whole header, for one that is written again once the sizes are known
 */
export function safetensorsHeader(
  tensors: readonly TensorEntry[],
  metadata: Readonly<Record<string, string>>,
  least = 0,
): Uint8Array {
  const entries: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, dtype, shape } of tensors) {
    const end = offset + shape.reduce((product, n) => product * n, BYTES[dtype]);
    entries[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  const padded = Math.ceil(Math.max(json.length, least - LENGTH_BYTES) / ALIGN) * ALIGN;
  const header = new Uint8Array(LENGTH_BYTES + padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(json, LENGTH_BYTES);
  return header;
}

// SPDX-License-Identifier: Apache-2.0
/** Headers of the two formats that features are written in; the values follow, little-endian. */

const NPY_ALIGN = 64;
const SAFETENSORS_ALIGN = 8;
const BYTES = { I16: 2, I32: 4 } as const;

/** An int16 array in C order (NumPy enhancement proposal 1, version 1.0 of the format). */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '<i2', 'fortran_order': False, 'shape': ${tuple}, }`;
  const prefix = 10; // magic, version and length
  const total = Math.ceil((prefix + dictionary.length + 1) / NPY_ALIGN) * NPY_ALIGN;
  const header = Buffer.alloc(total, ' ');
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  header.writeUInt16LE(total - prefix, 8);
  header.write(dictionary, prefix, 'latin1');
  header.write('\n', total - 1, 'latin1');
  return header;
}

export interface TensorEntry {
  readonly name: string;
  readonly dtype: keyof typeof BYTES;
  readonly shape: readonly number[];
}

/** Length, then JSON padded with blanks so that the tensors, one after the other, begin at a multiple of 8. */
export function safetensorsHeader(
  tensors: readonly TensorEntry[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, dtype, shape } of tensors) {
    const end = offset + shape.reduce((product, n) => product * n, BYTES[dtype]);
    entries[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(entries));
  const padded = Math.ceil(json.length / SAFETENSORS_ALIGN) * SAFETENSORS_ALIGN;
  const header = Buffer.alloc(8 + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded), 0);
  header.set(json, 8);
  return header;
}

// SPDX-License-Identifier: Apache-2.0
/** The header of a NumPy array; the values follow, little-endian. */

const NPY_ALIGN = 64;

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

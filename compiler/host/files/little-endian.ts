// SPDX-License-Identifier: Apache-2.0
/** Files hold numbers with their low bytes first; so do nearly all machines. */

const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Between a file's order and this machine's, in place. @param width bytes of a number: 1, 2 or 4 */
export function swapUnlessLittle(bytes: Buffer, width: number): Buffer {
  if (LITTLE || width === 1) return bytes;
  return width === 2 ? bytes.swap16() : bytes.swap32();
}

/** The numbers as a file holds them; where the machine does, too, these are their own bytes. */
export function littleEndian(values: Int16Array | Int32Array): Uint8Array {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return LITTLE ? bytes : swapUnlessLittle(Buffer.from(bytes), values.BYTES_PER_ELEMENT);
}

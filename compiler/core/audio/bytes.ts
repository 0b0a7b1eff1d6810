// SPDX-License-Identifier: Apache-2.0

/** Bytes that are read where they lie, so that a file of hours need not be in memory. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /**
   * Bytes from `at` on: `length` of them, fewer where the source ends. Valid until the next call, which may use the
   * same memory again.
   */
  read(at: number, length: number): Uint8Array;
}

/** Bytes that are in memory. */
export function memoryBytes(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) };
}

/** Four characters, or what stands there of them. */
export function fourCharacters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

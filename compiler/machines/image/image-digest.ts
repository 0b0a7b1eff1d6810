// SPDX-License-Identifier: Apache-2.0
/** One number for what stands in flash, whichever file it came from. */
import { sha256 } from '../../core/base/sha256.ts';

const ERASED = 0xff;

/**
 * SHA-256, hex, of the bytes from the first one on without erased ones at the end: a UF2 file fills its last block with
 * them, and flash has them behind whatever was written.
 */
export function imageDigest(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === ERASED) end--;
  return sha256(bytes.subarray(0, end));
}

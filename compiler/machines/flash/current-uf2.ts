// SPDX-License-Identifier: Apache-2.0
/**
 * CURRENT.UF2, in which a bootloader shows the flash: the whole of it from address 0 on, in blocks that name no family
 * (microsoft/uf2-samdx1, src/fat.c). Read leniently, unlike a file that is to be flashed.
 */

import { hex } from '../../core/base/hex.ts';
import type { FlashImage } from '../image/image.ts';
import { UF2_PAYLOAD } from '../image/uf2.ts';

const BLOCK = 512;
const DATA = 32;
const MAGIC_START_0 = 0x0a324655;
const MAGIC_START_1 = 0x9e5d5157;
const ERASED = 0xff;

/** null: the flash holds the image. Otherwise what differs, in words. */
export function differenceTo(image: FlashImage, current: Uint8Array): string | null {
  const rows = readRows(current);
  for (let at = 0; at < image.bytes.length; at += UF2_PAYLOAD) {
    const row = rows.get(image.address + at);
    if (row === undefined) return `CURRENT.UF2 does not show the flash at ${hex(image.address + at)}`;
    for (let i = 0; i < UF2_PAYLOAD; i++) {
      const expected = image.bytes[at + i] ?? ERASED;
      if (row[i] !== expected) {
        return `byte ${hex(image.address + at + i)} is ${hex(row[i] ?? 0)}, should be ${hex(expected)}`;
      }
    }
  }
  return null;
}

function readRows(current: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = new DataView(current.buffer, current.byteOffset, current.byteLength);
  const rows = new Map<number, Uint8Array>();
  for (let at = 0; at + BLOCK <= current.length; at += BLOCK) {
    const isBlock =
      view.getUint32(at, true) === MAGIC_START_0 && view.getUint32(at + 4, true) === MAGIC_START_1;
    if (!isBlock || view.getUint32(at + 16, true) !== UF2_PAYLOAD) continue;
    rows.set(view.getUint32(at + 12, true), current.subarray(at + DATA, at + DATA + UF2_PAYLOAD));
  }
  return rows;
}

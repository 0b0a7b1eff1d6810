// SPDX-License-Identifier: Apache-2.0
/** What an ELF file puts into flash. */
import { InputError } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';
import type { Elf } from './elf.ts';

/** No memory of these chips is longer. */
const MAX_SPAN = 1 << 20;

/**
 * The loaded parts at their places; 0xff, which is erased flash, between them.
 * @throws InputError where nothing is loaded, or parts overlap or lie too far apart
 */
export function elfFlash({ segments }: Elf, name: string): { address: number; bytes: Uint8Array } {
  const sorted = [...segments].sort((a, b) => a.address - b.address);
  const first = sorted[0];
  if (first === undefined) throw new InputError(name, 'holds nothing that is loaded');
  let end = first.address;
  for (const { address, bytes } of sorted) {
    if (address < end) throw new InputError(name, 'two loaded segments overlap', `ELF, ${hex(address)}`);
    end = address + bytes.length;
  }
  const length = end - first.address;
  if (length > MAX_SPAN) throw new InputError(name, `its parts lie ${length} bytes apart`, 'ELF');
  const bytes = new Uint8Array(length).fill(0xff);
  for (const segment of sorted) bytes.set(segment.bytes, segment.address - first.address);
  return { address: first.address, bytes };
}

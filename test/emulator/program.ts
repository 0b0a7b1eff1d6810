// SPDX-License-Identifier: Apache-2.0
import { Samd21, type Samd21Options } from '../../compiler/emulator/samd21/samd21.ts';

export const START = 0x2100;
export const STACK = 0x20004000;
export const DATA = 0x20001000;

/** Little-endian bytes of halfwords. */
export function halfwords(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value & 255, value >> 8]));
}

/** Little-endian bytes of words. */
export function words(...values: number[]): Uint8Array {
  return halfwords(...values.flatMap((value) => [value & 0xffff, value >>> 16]));
}

/** A chip with the given opcodes at START, or elsewhere, and a vector table at 0x2000 whose handlers are given. */
export function chipWith(
  opcodes: readonly number[],
  options: Partial<Samd21Options> & { at?: number; handlers?: Readonly<Record<number, number>> } = {},
): Samd21 {
  const at = options.at ?? START;
  const vectors = Array.from({ length: 48 }, (_, i) => options.handlers?.[i] ?? 0);
  vectors[0] = STACK;
  vectors[1] = at | 1;
  return new Samd21({
    ...options,
    segments: [
      { address: 0x2000, bytes: words(...vectors) },
      { address: at, bytes: halfwords(...opcodes) },
    ],
    vectorTable: 0x2000,
  });
}

/** Runs instruction by instruction, n times. */
export function steps(chip: Samd21, n: number): void {
  for (let i = 0; i < n; i++) chip.run(1);
}

// SPDX-License-Identifier: Apache-2.0
/** A number from 0 on as C and data sheets write it, "0x2000", with leading zeros up to `digits`. */
export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

// SPDX-License-Identifier: Apache-2.0

/** A file name that stays inside its folder on every system. */
export function isPlainName(name: string): boolean {
  return /^[^/\\:\0]+$/.test(name) && name !== '.' && name !== '..';
}

// SPDX-License-Identifier: Apache-2.0
/**
 * Splits by shares of the recordings, decided by the SHA-256 of each file's name without its folders, so that they are
 * the same on every machine and whatever the order of the files.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';

export type SplitName = 'train' | 'validation' | 'test';

export interface ShareRule {
  /**
   * hash: read as a fraction of 1, below `test` or below test + validation; stays when files come or go. rank: per
   * label the round(n * test) smallest, then those up to round(n * (test + validation)); exact shares.
   */
  readonly by: 'hash' | 'rank';
  readonly validation: number;
  readonly test: number;
}

/** The order and the fraction that the splits go by. */
export function nameHash(file: string): Buffer {
  return createHash('sha256').update(basename(file)).digest();
}

/**
 * Where each item belongs.
 * @param labelOf what ranks are counted within
 */
export function splitByShare<T>(
  items: readonly T[],
  { by, validation, test }: ShareRule,
  nameOf: (item: T) => string,
  labelOf: (item: T) => string,
): Map<T, SplitName> {
  const places = new Map<T, SplitName>();
  const hashed = items.map((item) => ({ item, label: labelOf(item), hash: nameHash(nameOf(item)) }));
  if (by === 'hash') {
    for (const { item, hash } of hashed) {
      const fraction = hash.readUIntBE(0, 6) / 2 ** 48;
      places.set(item, fraction < test ? 'test' : fraction < test + validation ? 'validation' : 'train');
    }
    return places;
  }
  for (const label of new Set(hashed.map((entry) => entry.label))) {
    const ranked = hashed
      .filter((entry) => entry.label === label)
      .sort((a, b) => Buffer.compare(a.hash, b.hash));
    const tests = Math.round(ranked.length * test);
    const held = Math.round(ranked.length * (test + validation));
    ranked.forEach(({ item }, rank) => {
      places.set(item, rank < tests ? 'test' : rank < held ? 'validation' : 'train');
    });
  }
  return places;
}

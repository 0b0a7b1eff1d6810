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
  if (by === 'hash') {
    for (const item of items) {
      const fraction = nameHash(nameOf(item)).readUIntBE(0, 6) / 2 ** 48;
      places.set(item, fraction < test ? 'test' : fraction < test + validation ? 'validation' : 'train');
    }
    return places;
  }
  const byLabel = new Map<string, { item: T; hash: Buffer }[]>();
  for (const item of items) {
    const label = labelOf(item);
    const same = byLabel.get(label) ?? [];
    if (same.length === 0) byLabel.set(label, same);
    same.push({ item, hash: nameHash(nameOf(item)) });
  }
  for (const ranked of byLabel.values()) {
    ranked.sort((a, b) => Buffer.compare(a.hash, b.hash));
    const tests = Math.round(ranked.length * test);
    const held = Math.round(ranked.length * (test + validation));
    ranked.forEach(({ item }, rank) => {
      places.set(item, rank < tests ? 'test' : rank < held ? 'validation' : 'train');
    });
  }
  return places;
}

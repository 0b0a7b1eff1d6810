// SPDX-License-Identifier: Apache-2.0
/**
 * Sounds like a keyword that is none: backwards, its halves exchanged, only its first half, or the first half of one
 * keyword and the second half of another. They teach what recordings of other speech alone cannot: that a word has to
 * be there as a whole.
 */
import type { Random } from '../random.ts';

const KINDS = 4;

/** @param other a recording of another keyword */
export function hardNegative(samples: Int16Array, other: Int16Array, random: Random): Int16Array {
  const half = samples.length >> 1;
  switch (random.below(KINDS)) {
    case 0:
      return samples.slice().reverse();
    case 1:
      return join(samples.subarray(half), samples.subarray(0, half));
    case 2:
      return samples.slice(0, half);
    default:
      return join(samples.subarray(0, half), other.subarray(other.length >> 1));
  }
}

function join(first: Int16Array, second: Int16Array): Int16Array {
  const both = new Int16Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

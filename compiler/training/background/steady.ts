// SPDX-License-Identifier: Apache-2.0
/**
 * Places that fire in every round of mining, whatever was learnt between them: the background may hold a keyword there.
 */
import type { Frames } from './frames.ts';
import type { HardPlaces } from './mine.ts';
import { SCORE_ONE, STRETCH } from './mine-task.ts';

/** Fewer rounds prove nothing. */
const LEAST_ROUNDS = 3;
/** Places that are named, the loudest first. */
const NAMED = 10;

export interface Suspect {
  /** As the background names its recordings. */
  readonly file: string;
  /** From its beginning. */
  readonly second: number;
}

/**
 * @param before places that fired in all rounds so far; null: this is the first
 * @returns those of this round that are within a stretch of one of them, by falling score
 */
export function steadyPlaces(before: Int32Array | null, { frames, scores }: HardPlaces): Int32Array {
  const firing = frames.filter((_, i) => (scores[i] ?? 0) >= SCORE_ONE);
  if (before === null) return firing;
  const known = before.slice().sort();
  return firing.filter((frame) => {
    const near = known[lowerBound(known, frame - STRETCH)];
    return near !== undefined && near <= frame + STRETCH;
  });
}

/** @param names of the store's recordings */
export function suspectsOf(
  steady: Int32Array,
  rounds: number,
  frames: Frames,
  names: readonly string[],
  secondsPerFrame: number,
): Suspect[] {
  if (rounds < LEAST_ROUNDS) return [];
  const { starts } = frames.store;
  return [...steady.subarray(0, NAMED)].map((frame) => {
    let at = frame;
    frames.pieces(frame, 1, (storeFrame) => {
      at = storeFrame;
    });
    const index = lowerBound(starts, at + 1) - 1;
    const second = (at - (starts[index] ?? 0)) * secondsPerFrame;
    return { file: names[index] ?? '', second: Math.round(10 * second) / 10 };
  });
}

/** The first index whose value is at least this. */
function lowerBound(sorted: Int32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

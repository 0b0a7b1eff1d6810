// SPDX-License-Identifier: Apache-2.0
/**
 * Background that may hold a keyword: stretches that fire in every round of mining, although each of them trained as
 * background. A sound that is only hard is learnt sooner or later.
 */
import { PART } from './listen.ts';
import type { HardPlaces } from './mine.ts';
import { SCORE_ONE, STRETCH } from './mine-task.ts';

export interface Suspect {
  /** Frame of its highest score, in the last round. */
  readonly frame: number;
  /** Its lowest score of all rounds (mine-task.ts), at least SCORE_ONE. */
  readonly score: number;
}

/** Rounds before anything is suspected. */
const LEAST_ROUNDS = 3;

export class Suspects {
  /** By stretch; null before the first round. */
  #firing: ReadonlyMap<number, Suspect> | null = null;
  #rounds = 0;

  /** Rounds that were looked at. */
  get rounds(): number {
    return this.#rounds;
  }

  /** After a round of mining. */
  add({ frames, scores }: HardPlaces): void {
    const before = this.#firing;
    const firing = new Map<number, Suspect>();
    frames.forEach((frame, i) => {
      const score = scores[i] ?? 0;
      const stretch = stretchOf(frame);
      const earlier = before?.get(stretch);
      if (score < SCORE_ONE || (before !== null && earlier === undefined)) return;
      firing.set(stretch, { frame, score: Math.min(score, earlier?.score ?? score) });
    });
    this.#firing = firing;
    this.#rounds++;
  }

  /** The strongest of those that fired in every round, three at least. */
  strongest(most: number): Suspect[] {
    if (this.#rounds < LEAST_ROUNDS) return [];
    return [...(this.#firing?.values() ?? [])]
      .sort((a, b) => b.score - a.score || a.frame - b.frame)
      .slice(0, most);
  }
}

/** Stretches are counted from the beginning of the part that a thread listens to. */
function stretchOf(frame: number): number {
  const part = Math.floor(frame / PART);
  return part * Math.ceil(PART / STRETCH) + Math.floor((frame % PART) / STRETCH);
}

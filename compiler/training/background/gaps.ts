// SPDX-License-Identifier: Apache-2.0
/**
 * Silence around single words. A background's recordings follow each other without gaps, as in speech that goes on; but
 * a word that is said alone comes out of silence and ends in it, where keywords are heard, and fires more often there.
 */
import { Frontend } from '../../core/frontend/features.ts';
import type { SoundProgram } from '../../core/program/program.ts';

/** Seconds below which a recording is a single word or a few. */
const SHORT = 2.5;
/** Seconds of silence where it begins and where it ends: as long as a posterior is smoothed, or nearly. */
const GAP = 0.75;

export class Gaps {
  /** Features of digital silence, before normalization. */
  readonly silence: Int16Array;
  readonly #frames: number;
  /** Frames of the store before which there is silence. */
  readonly #places: ReadonlySet<number>;

  /** @param starts frame at which each recording of the store begins, and behind the last one the number of frames */
  constructor({ frontend }: SoundProgram, starts: Int32Array) {
    const framesOf = (seconds: number) => Math.round((seconds * frontend.sampleRate) / frontend.hop);
    this.silence = new Int16Array(frontend.bins);
    new Frontend(frontend).absolute(new Int16Array(frontend.frame), 0, this.silence);
    this.#frames = framesOf(GAP);
    const places = new Set<number>();
    for (let i = 0; i + 1 < starts.length; i++) {
      const [start = 0, end = 0] = starts.subarray(i, i + 2);
      if (end - start < framesOf(SHORT)) places.add(start).add(end);
    }
    this.#places = places;
  }

  /** Frames of silence before this frame of the store. */
  before(storeFrame: number): number {
    return this.#places.has(storeFrame) ? this.#frames : 0;
  }
}

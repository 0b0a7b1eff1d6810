// SPDX-License-Identifier: Apache-2.0
/** Clips out of a sound: while a button is held, or by loudness, with what comes shortly before and after. */
import { Growing } from './growing.ts';

const BLOCK_SECONDS = 0.01;
/** Before the first loud block: words begin quietly. */
const BEFORE_SECONDS = 0.2;
/** Quiet that ends a clip, and stays in it. */
const AFTER_SECONDS = 0.35;
/** Of loudness in a clip: shorter ones are clicks. */
const LEAST_SECONDS = 0.1;
export const MOST_SECONDS = 4;

/** When clips begin and end. */
export type CutBy = 'hold' | 'auto' | 'off';

export class Cutter {
  readonly #rate: number;
  readonly #block: Int16Array;
  #filled = 0;
  #by: CutBy = 'off';
  #level = 0;
  /** Blocks before the clip. */
  #before: Int16Array[] = [];
  #clip: Growing | null = null;
  #quiet = 0;
  #loud = 0;
  /** Root mean square of the last block, in 16-bit steps. */
  level = 0;

  /** Hz */
  constructor(sampleRate: number) {
    this.#rate = sampleRate;
    this.#block = new Int16Array(Math.round(BLOCK_SECONDS * sampleRate));
  }

  /** Whether a clip is being cut. */
  get open(): boolean {
    return this.#clip !== null;
  }

  /**
   * @param level of 'auto': root mean square of a loud block, in 16-bit steps
   * @returns the clip that this ends, or null
   */
  set(by: CutBy, level: number): Int16Array | null {
    const ended = by !== this.#by && this.#by === 'hold' ? this.#take() : null;
    if (by !== this.#by) this.#clip = null;
    this.#by = by;
    this.#level = level;
    if (by === 'hold' && this.#clip === null) this.#open();
    return ended;
  }

  /** @returns clips that these samples end */
  push(samples: Int16Array): Int16Array[] {
    const clips: Int16Array[] = [];
    for (let at = 0; at < samples.length; ) {
      const taken = Math.min(samples.length - at, this.#block.length - this.#filled);
      this.#block.set(samples.subarray(at, at + taken), this.#filled);
      at += taken;
      this.#filled += taken;
      if (this.#filled < this.#block.length) break;
      this.#filled = 0;
      const clip = this.#next(this.#block.slice());
      if (clip !== null) clips.push(clip);
    }
    return clips;
  }

  #next(block: Int16Array): Int16Array | null {
    this.level = Math.sqrt(block.reduce((sum, value) => sum + value * value, 0) / block.length);
    const isLoud = this.level >= this.#level;
    if (this.#by === 'auto' && this.#clip === null && isLoud) this.#open();
    if (this.#clip === null) {
      this.#before.push(block);
      if (this.#before.length * BLOCK_SECONDS > BEFORE_SECONDS) this.#before.shift();
      return null;
    }
    this.#clip.push(block);
    this.#quiet = isLoud ? 0 : this.#quiet + BLOCK_SECONDS;
    this.#loud += isLoud ? BLOCK_SECONDS : 0;
    const isFull = this.#clip.length >= MOST_SECONDS * this.#rate;
    if (isFull || (this.#by === 'auto' && this.#quiet >= AFTER_SECONDS)) return this.#take();
    return null;
  }

  #open(): void {
    this.#clip = new Growing();
    for (const block of this.#before) this.#clip.push(block);
    this.#before = [];
    this.#quiet = 0;
    this.#loud = 0;
  }

  /** What was cut; null where it is a click, or nothing. */
  #take(): Int16Array | null {
    const clip = this.#clip?.copy() ?? null;
    this.#clip = null;
    if (clip === null || clip.length === 0) return null;
    return this.#by === 'auto' && this.#loud < LEAST_SECONDS ? null : clip;
  }
}

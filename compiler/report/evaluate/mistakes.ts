// SPDX-License-Identifier: Apache-2.0
/** The mistakes of highest score, each with the sound that led to it. */
import type { LabelledFile } from './stream-tally.ts';

export interface Mistake {
  /** Index of the label that fired. */
  readonly label: number;
  /** Of the keyword that was spoken; null: none was. */
  readonly truth: number | null;
  /** Q15. */
  readonly score: number;
  readonly file: string;
  readonly source: number;
  /** From the start of the recording to the event, as the feature extractor's samples count. */
  readonly seconds: number;
  /** What the feature extractor got, up to the event. */
  readonly pcm: Int16Array;
}

/** Seconds of a clip: a word, and what is before it. */
const CLIP_SECONDS = 2.5;

/** The `most` of highest score, in an order that does not depend on theirs. */
export function worst(mistakes: readonly Mistake[], most: number): Mistake[] {
  const order = (a: Mistake, b: Mistake) =>
    b.score - a.score || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.seconds - b.seconds;
  return [...mistakes].sort(order).slice(0, most);
}

/** Remembers the last seconds of a sound, and what happened at their end. */
export class Witness {
  readonly #rate: number;
  readonly #length: number;
  readonly #most: number;
  #sound = new Int16Array(0);
  /** Index of its first sample in the stream. */
  #first = 0;
  #file: LabelledFile | null = null;
  /** Where the recording begins in the stream. */
  #start = 0;
  #mistakes: Mistake[] = [];

  /** @param rate samples in a second; @param most mistakes that are kept */
  constructor(rate: number, most: number) {
    this.#rate = rate;
    this.#length = Math.round(CLIP_SECONDS * rate);
    this.#most = most;
  }

  get mistakes(): Mistake[] {
    return this.#mistakes;
  }

  begin(file: LabelledFile): void {
    this.#file = file;
    this.#start = this.#first + this.#sound.length;
  }

  /** Sound that the stream gets next. */
  push(pcm: Int16Array): void {
    const kept = Math.min(this.#sound.length, this.#length);
    const sound = new Int16Array(kept + pcm.length);
    sound.set(this.#sound.subarray(this.#sound.length - kept));
    sound.set(pcm, kept);
    this.#first += this.#sound.length - kept;
    this.#sound = sound;
  }

  /** @param sample index of the last sample of the deciding frame, in what was pushed */
  mistake(event: { readonly label: number; readonly score: number; readonly sample: number }): void {
    if (this.#file === null) return;
    const { label, score, sample } = event;
    const end = sample + 1 - this.#first;
    const { file, truth, source } = this.#file;
    const mistake: Mistake = {
      ...{ label, truth, score, file, source },
      seconds: (sample + 1 - this.#start) / this.#rate,
      pcm: this.#sound.slice(Math.max(0, end - this.#length), end),
    };
    this.#mistakes = worst([...this.#mistakes, mistake], this.#most);
  }
}

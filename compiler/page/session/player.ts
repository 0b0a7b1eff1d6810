// SPDX-License-Identifier: Apache-2.0
/** A recording that is played to several listeners, each at its own rate, in real time or as fast as it can be. */

export interface Listener {
  /** Hz */
  readonly sampleRate: number;
  readonly samples: Int16Array;
  push(piece: Int16Array): void;
}

/** Milliseconds between two pieces. */
const EVERY = 30;

export class FilePlayer {
  readonly #listeners: readonly Listener[];
  readonly #done: number[];
  readonly #onEnd: () => void;
  readonly #start = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Begins at once. @param onEnd called behind the last piece, unless it was stopped before */
  constructor(listeners: readonly Listener[], onEnd: () => void) {
    this.#listeners = listeners;
    this.#done = listeners.map(() => 0);
    this.#onEnd = onEnd;
    this.#timer = setTimeout(() => this.#step(), EVERY);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Plays the rest at once. */
  finish(): void {
    this.stop();
    this.#until(Number.POSITIVE_INFINITY);
    this.#onEnd();
  }

  #step(): void {
    this.#until((performance.now() - this.#start) / 1000);
    if (this.#listeners.every(({ samples }, i) => this.#done[i] === samples.length)) {
      this.#onEnd();
      return;
    }
    this.#timer = setTimeout(() => this.#step(), EVERY);
  }

  #until(seconds: number): void {
    for (const [i, { sampleRate, samples, push }] of this.#listeners.entries()) {
      const from = this.#done[i] ?? 0;
      const to = Math.min(samples.length, Math.floor(seconds * sampleRate));
      if (to <= from) continue;
      this.#done[i] = to;
      push(samples.subarray(from, to));
    }
  }
}

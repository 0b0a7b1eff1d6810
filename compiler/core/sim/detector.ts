// SPDX-License-Identifier: Apache-2.0
/** Keywords in a stream: twin of runtime-c/detect/egru_detect.c, same names, same order of statements. */
import { posterior, softmax } from '../fixed/softmax.ts';
import type { DetectProgram } from '../program/detect-program.ts';

/** Whether the network sleeps in a frame: twin of egru_vad_state. */
export const VAD_OPEN = 0;
export const VAD_CLOSED = 1;
/** Closed, and the network's state becomes the initial one. */
export const VAD_RESET = 2;

/** What a keyword that fired came to. */
export interface Detection {
  /** Index of the label. */
  readonly label: number;
  /** Its smoothed posterior, Q15. */
  readonly score: number;
}

/** Thresholds, release and refractory time over smoothed posteriors: what remains of detection behind smoothing. */
export class Trigger {
  readonly #detect: Pick<DetectProgram, 'keywords' | 'window' | 'refractory'>;
  readonly #fired: Uint8Array;
  #wait = 0;

  constructor(detect: Pick<DetectProgram, 'keywords' | 'window' | 'refractory'>) {
    this.#detect = detect;
    this.#fired = new Uint8Array(detect.keywords.length);
  }

  reset(): void {
    this.#fired.fill(0);
    this.#wait = 0;
  }

  /** One frame. sums: one per keyword from `offset` on, each the sum of its posteriors over the window. */
  step(sums: Int32Array, offset = 0): Detection | null {
    const { keywords, window, refractory } = this.#detect;
    const fired = this.#fired;
    let best = -1;
    let most = 0;
    for (let k = 0; k < keywords.length; k++) {
      const keyword = keywords[k];
      const sum = sums[offset + k] ?? 0;
      if (keyword === undefined) continue;
      if (sum < keyword.release * window) fired[k] = 0;
      if (fired[k] === 0 && sum >= keyword.threshold * window && (best < 0 || sum > most)) {
        best = k;
        most = sum;
      }
    }
    if (this.#wait > 0) {
      this.#wait -= 1;
      return null;
    }
    if (best < 0) return null;
    fired[best] = 1;
    this.#wait = refractory;
    return { label: keywords[best]?.label ?? -1, score: (most / window) | 0 };
  }
}

export class Detector {
  /** Sums of posteriors over the window after the last frame, keyword by keyword: at most 1024 * 32767. Live view. */
  readonly sums: Int32Array;
  /** Posteriors of the last frame, keyword by keyword, Q15. Live view. */
  readonly posteriors: Int32Array;
  readonly #detect: DetectProgram;
  readonly #ring: Int16Array;
  readonly #trigger: Trigger;
  #next = 0;
  #open = 0;
  #gated = 0;

  constructor(detect: DetectProgram) {
    const count = detect.keywords.length;
    this.#detect = detect;
    this.#ring = new Int16Array(count * detect.window);
    this.#trigger = new Trigger(detect);
    this.sums = new Int32Array(count);
    this.posteriors = new Int32Array(count);
  }

  /** To the start of a stream. */
  reset(): void {
    this.#ring.fill(0);
    this.#trigger.reset();
    this.sums.fill(0);
    this.posteriors.fill(0);
    this.#next = 0;
    this.#open = 0;
    this.#gated = 0;
  }

  /** Voice activity of a frame of this mean square: one of VAD_*; once per frame, before step. */
  vad(meanSquare: number): number {
    const vad = this.#detect.vad;
    if (vad === null) return VAD_OPEN;
    if (meanSquare >= vad.level * vad.level) {
      this.#open = vad.hangover;
      this.#gated = 0;
      return VAD_OPEN;
    }
    if (this.#open > 0) {
      this.#open -= 1;
      return VAD_OPEN;
    }
    if (this.#gated === vad.reset) return VAD_CLOSED; // has been reset
    this.#gated += 1;
    return this.#gated === vad.reset ? VAD_RESET : VAD_CLOSED;
  }

  /** One frame; logits: null where it is gated. */
  step(logits: Int32Array | null): Detection | null {
    this.#smooth(logits);
    return this.#trigger.step(this.sums);
  }

  #smooth(logits: Int32Array | null): void {
    const { keywords } = this.#detect;
    const ring = this.#ring;
    const common = logits === null ? null : softmax(this.#detect, logits);
    for (let k = 0; k < keywords.length; k++) {
      const label = keywords[k]?.label ?? 0;
      const p = logits === null || common === null ? 0 : posterior(this.#detect, common, logits[label] ?? 0);
      this.sums[k] = (this.sums[k] ?? 0) + p - (ring[this.#next + k] ?? 0);
      ring[this.#next + k] = p;
      this.posteriors[k] = p;
    }
    this.#next += keywords.length;
    if (this.#next === ring.length) this.#next = 0;
  }
}

// SPDX-License-Identifier: Apache-2.0
/**
 * What was detected in recordings that are played one after the other. A recording is one keyword where its label is
 * one, otherwise background. Detections up to the end of the silence behind it count for it.
 */
import type { DetectProgram } from '../../core/program/detect-program.ts';
import { type Detection, Trigger } from '../../core/sim/detector.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';

export interface LabelledFile {
  readonly file: string;
  /** Index of the label; null where none is known: background. */
  readonly truth: number | null;
  /** Index of where it comes from, among the sources of the evaluation. */
  readonly source: number;
}

/** The detections at one threshold. */
export interface Tally {
  /** Keywords that were not detected. */
  misses: number;
  /** Events in background. */
  falseAlarms: number;
  /** Events of another keyword than the spoken one. */
  confusions: number;
  /** Further events of the spoken keyword. */
  repeats: number;
}

/** Of one source, with the model's own thresholds. */
export interface SourceTally extends Tally {
  keywords: number;
  /** Seconds of background, without the silence behind it. */
  background: number;
}

export interface StreamCounts {
  readonly keywords: number;
  /** Seconds of background, without the silence behind it. */
  readonly background: number;
  /** Of all recordings, likewise. */
  readonly seconds: number;
  /** With the model's own thresholds. */
  readonly own: Tally;
  /** With each threshold of the sweep. */
  readonly sweep: readonly Tally[];
  readonly sources: readonly SourceTally[];
}

const none = (): Tally => ({ misses: 0, falseAlarms: 0, confusions: 0, repeats: 0 });

/** Counts while the stream runs: nothing before the sums depends on a threshold, so the sweep plays them again. */
export class StreamTally {
  readonly #keywords: ReadonlySet<number>;
  readonly #triggers: readonly Trigger[];
  readonly #own = none();
  readonly #sweep: readonly Tally[];
  readonly #sources: readonly SourceTally[];
  /** Hits in the recording that is playing, with the model's own thresholds and with the sweep's. */
  readonly #hits: Int32Array;
  #target: number | null = null;
  #source: Tally = none();
  #sourceIndex = 0;
  #words = 0;
  #background = 0;
  #seconds = 0;

  /** @param sources number of them */
  constructor({ detect }: SoundProgram, thresholds: readonly number[], sources: number) {
    this.#keywords = new Set(detect.keywords.map(({ label }) => label));
    this.#triggers = thresholds.map((threshold) => new Trigger(atThreshold(detect, threshold)));
    this.#sweep = thresholds.map(none);
    this.#sources = Array.from({ length: sources }, () => ({ ...none(), keywords: 0, background: 0 }));
    this.#hits = new Int32Array(thresholds.length + 1);
  }

  /** Label of the keyword that is playing; null: background. */
  get target(): number | null {
    return this.#target;
  }

  begin({ truth, source }: Pick<LabelledFile, 'truth' | 'source'>): void {
    this.#target = truth !== null && this.#keywords.has(truth) ? truth : null;
    this.#hits.fill(0);
    this.#sourceIndex = source;
    this.#source = this.#sources[source] ?? none();
  }

  /**
   * After every frame.
   * @param event with the model's own thresholds
   * @param sums keyword by keyword from `offset` on
   */
  frame(event: Detection | null, sums: Int32Array, offset = 0): void {
    if (event !== null) {
      if (this.#count(this.#own, event)) this.#hits[0] = (this.#hits[0] ?? 0) + 1;
      this.#count(this.#source, event);
    }
    for (let i = 0; i < this.#triggers.length; i++) {
      const detection = this.#triggers[i]?.step(sums, offset) ?? null;
      const tally = this.#sweep[i];
      if (detection === null || tally === undefined) continue;
      if (this.#count(tally, detection)) this.#hits[i + 1] = (this.#hits[i + 1] ?? 0) + 1;
    }
  }

  /** @param seconds of the recording, without the silence behind it */
  end(seconds: number): void {
    this.#seconds += seconds;
    const source = this.#sources[this.#sourceIndex];
    if (this.#target === null) {
      this.#background += seconds;
      if (source !== undefined) source.background += seconds;
      return;
    }
    this.#words++;
    if (source !== undefined) source.keywords++;
    const close = (tally: Tally, hits: number) => {
      if (hits === 0) tally.misses++;
      else tally.repeats += hits - 1;
    };
    close(this.#own, this.#hits[0] ?? 0);
    close(this.#source, this.#hits[0] ?? 0);
    this.#sweep.forEach((tally, i) => {
      close(tally, this.#hits[i + 1] ?? 0);
    });
  }

  get counts(): StreamCounts {
    return {
      ...{ keywords: this.#words, background: this.#background, seconds: this.#seconds },
      ...{ own: this.#own, sweep: this.#sweep, sources: this.#sources },
    };
  }

  /** Whether the event is a hit. */
  #count(tally: Tally, { label }: Detection): boolean {
    if (this.#target === null) tally.falseAlarms++;
    else if (label === this.#target) return true;
    else tally.confusions++;
    return false;
  }
}

/** All keywords at one threshold, the releases lowered or raised in proportion. */
export function atThreshold(detect: DetectProgram, threshold: number): DetectProgram {
  const keywords = detect.keywords.map(({ label, threshold: own, release }) => ({
    label,
    threshold,
    release: Math.max(1, Math.floor((release * threshold) / own)),
  }));
  return { ...detect, keywords };
}

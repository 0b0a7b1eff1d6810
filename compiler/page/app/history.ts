// SPDX-License-Identifier: Apache-2.0
/** The last frames of a run: what the pictures are drawn from, again when their size or the colours change. */
import type { Frames } from '../session/messages.ts';

/** Frames that are kept: more than a screen shows. */
export const KEPT = 1024;

export class History {
  readonly width: number;
  readonly #rows: Int32Array;
  readonly #wave: Int16Array;
  readonly #fired = new Uint16Array(KEPT);
  /** Frames of the run so far. */
  steps = 0;

  /** @param width integers of a frame */
  constructor(width: number) {
    this.width = width;
    this.#rows = new Int32Array(KEPT * width);
    this.#wave = new Int16Array(2 * KEPT);
  }

  add({ restart, count, rows, wave }: Frames): void {
    if (restart) this.steps = 0;
    for (let i = Math.max(0, count - KEPT); i < count; i++) {
      const at = (this.steps + i) % KEPT;
      const row = rows.subarray(i * this.width, (i + 1) * this.width);
      this.#rows.set(row, at * this.width);
      this.#wave.set(wave.subarray(2 * i, 2 * i + 2), 2 * at);
      this.#fired[at] = 1 + (row[this.width - 2] ?? -1);
    }
    this.steps += count;
  }

  /** Integers of a frame that is kept. */
  row(step: number): Int32Array {
    const at = step % KEPT;
    return this.#rows.subarray(at * this.width, (at + 1) * this.width);
  }

  /** Least and largest sample of a frame that is kept. */
  wave(step: number): readonly [number, number] {
    const at = 2 * (step % KEPT);
    return [this.#wave[at] ?? 0, this.#wave[at + 1] ?? 0];
  }

  /** Label that fired in a frame; -1: none. */
  fired(step: number): number {
    return (this.#fired[step % KEPT] ?? 0) - 1;
  }
}

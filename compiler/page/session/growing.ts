// SPDX-License-Identifier: Apache-2.0

/** Samples that more are added to. */
export class Growing {
  #room = new Int16Array(16_384);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(samples: Int16Array): void {
    if (this.#length + samples.length > this.#room.length) {
      const larger = new Int16Array(2 * (this.#length + samples.length));
      larger.set(this.#room.subarray(0, this.#length));
      this.#room = larger;
    }
    this.#room.set(samples, this.#length);
    this.#length += samples.length;
  }

  /** From `start` on. */
  copy(start = 0): Int16Array {
    return this.#room.slice(start, this.#length);
  }

  /** Least and largest of `count` samples, of those that are there. */
  extremes(start: number, count: number): [number, number] {
    let least = 32767;
    let largest = -32768;
    for (let i = start; i < Math.min(this.#length, start + count); i++) {
      const value = this.#room[i] ?? 0;
      if (value < least) least = value;
      if (value > largest) largest = value;
    }
    return least > largest ? [0, 0] : [least, largest];
  }
}

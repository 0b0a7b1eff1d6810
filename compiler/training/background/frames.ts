// SPDX-License-Identifier: Apache-2.0
/** Some of a store's frames, such as those that train, as one sound: recording after recording, without gaps. */
import { FeatureStore } from './store.ts';

/** Frames from `start` on and before `end` of the store. */
export interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/** Where frames are, for another thread. */
export interface FramesPlace {
  readonly store: string;
  readonly ranges: readonly FrameRange[];
}

export class Frames {
  /** How many there are. */
  readonly count: number;
  readonly store: FeatureStore;
  readonly ranges: readonly FrameRange[];
  /** Frames before each range. */
  readonly #before: Int32Array;

  constructor(store: FeatureStore, ranges: readonly FrameRange[]) {
    this.store = store;
    this.ranges = ranges.filter(({ start, end }) => end > start);
    this.#before = new Int32Array(this.ranges.length + 1);
    this.ranges.forEach(({ start, end }, i) => {
      this.#before[i + 1] = (this.#before[i] ?? 0) + end - start;
    });
    this.count = this.#before[this.ranges.length] ?? 0;
  }

  /** The same frames from their file. */
  static open({ store, ranges }: FramesPlace): Frames {
    return new Frames(new FeatureStore(store, null), ranges);
  }

  get place(): FramesPlace {
    return { store: this.store.path, ranges: this.ranges };
  }

  /** Calls `use` with pieces of the store that follow each other here: `length` frames from `from` on. */
  pieces(from: number, length: number, use: (storeFrame: number, count: number, done: number) => void): void {
    let index = this.#rangeOf(from);
    for (let done = 0; done < length; index++) {
      const range = this.ranges[index];
      if (range === undefined) throw new RangeError('frames beyond the end');
      const start = range.start + from + done - (this.#before[index] ?? 0);
      const count = Math.min(range.end - start, length - done);
      use(start, count, done);
      done += count;
    }
  }

  /** Fills `target`, whole frames, with the features from here on. */
  read(from: number, target: Int16Array): void {
    const { bins } = this.store;
    this.pieces(from, target.length / bins, (start, count, done) => {
      this.store.read(start, target.subarray(done * bins, (done + count) * bins));
    });
  }

  /** The last range that begins at this frame or before it. */
  #rangeOf(frame: number): number {
    let [low, high] = [0, this.ranges.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#before[middle] ?? 0) <= frame) low = middle;
      else high = middle;
    }
    return low;
  }
}

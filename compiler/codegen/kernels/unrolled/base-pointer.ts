// SPDX-License-Identifier: Apache-2.0

/** Keeps a base register within reach of immediate offsets, for addresses in any order. */
export class BasePointer {
  readonly #reach: number;
  #base = -1;

  constructor(reach: number) {
    this.#reach = reach;
  }

  /** The immediate offset of byte `at`; calls `move` where the base has to change. */
  reach(at: number, move: (base: number) => void): number {
    const base = at - (at % this.#reach);
    if (base !== this.#base) move(base);
    this.#base = base;
    return at - base;
  }
}

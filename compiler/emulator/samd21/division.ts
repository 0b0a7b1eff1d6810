// SPDX-License-Identifier: Apache-2.0
import type { Samd21Core } from '../core/core.ts';

/**
 * The core behind PM.CPUSEL. Cycles are those of generator 0, for everybody: a divided core takes several of them for
 * each of its own. What it has executed meanwhile is charged when that ends, which is before the divider changes and
 * before the core sleeps.
 */
export class CoreDivision {
  /** Cycles awake and asleep until the last change. */
  #awake = 0;
  #asleep = 0;
  #busCycles = 0;

  constructor(
    private readonly core: Samd21Core,
    private readonly divider: () => number,
  ) {}

  settle(): void {
    const { core } = this;
    const divider = this.divider();
    this.#busCycles = this.sleepBusCycles;
    if (divider > 1) core.stall((core.cycles - core.asleep - this.#awake) * (divider - 1));
    this.begin();
  }

  /** From now on, whatever the core has counted. */
  begin(): void {
    this.#awake = this.core.cycles - this.core.asleep;
    this.#asleep = this.core.asleep;
  }

  reset(): void {
    this.#busCycles = 0;
    this.begin();
  }

  /** Cycles that the buses had while the core slept: what the current of a sleep goes with. */
  get sleepBusCycles(): number {
    return this.#busCycles + (this.core.asleep - this.#asleep) / this.divider();
  }
}

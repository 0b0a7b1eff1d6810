// SPDX-License-Identifier: Apache-2.0
/** Cycles of a step by layer: hooks at the places where each layer begins. */

import type { CallObserver, Meterable } from '../../machines/execute/meter.ts';

/**
 * Marks may share an address (a function that is called once per layer): they are passed in order. What comes before
 * the first mark belongs to the first layer, what comes after the last one to the last layer.
 */
export class LayerMeter implements CallObserver {
  /** Sums over all finished steps, one per layer. */
  readonly cycles: number[];
  /** The most of any finished step, one per layer. */
  readonly most: number[];
  /** Cycles of every finished step. */
  readonly steps: number[] = [];
  readonly #marks: readonly number[];
  #next = 0;
  #since = 0;
  #start = 0;
  readonly #open: number[];

  /** @param marks address where each layer begins, in order; no address may be the step function's own */
  constructor(chip: Meterable, marks: readonly number[]) {
    this.#marks = marks.map((mark) => mark & ~1);
    this.cycles = marks.map(() => 0);
    this.most = marks.map(() => 0);
    this.#open = marks.map(() => 0);
    for (const mark of new Set(this.#marks)) chip.hook(mark, () => this.#passed(mark, chip.cycles));
  }

  /** The step begins at this cycle. */
  entered(cycle: number): void {
    this.#next = 0;
    this.#since = cycle;
    this.#start = cycle;
    this.#open.fill(0);
  }

  /** The step has ended at this cycle. @throws Error where a layer was not seen */
  left(cycle: number): void {
    if (this.#next !== this.#marks.length) throw new Error(`only ${this.#next} layers ran in a step`);
    this.#account(this.#next - 1, cycle);
    this.steps.push(cycle - this.#start);
    this.#open.forEach((cycles, layer) => {
      this.cycles[layer] = (this.cycles[layer] ?? 0) + cycles;
      this.most[layer] = Math.max(this.most[layer] ?? 0, cycles);
    });
  }

  #passed(mark: number, cycle: number): void {
    if (this.#marks[this.#next] !== mark) return;
    if (this.#next > 0) this.#account(this.#next - 1, cycle);
    this.#next++;
  }

  #account(layer: number, cycle: number): void {
    this.#open[layer] = (this.#open[layer] ?? 0) + cycle - this.#since;
    this.#since = cycle;
  }
}

// SPDX-License-Identifier: Apache-2.0
/**
 * The network, step by step: made to be read beside docs/NUMERICS.md, and the truth that every kernel is held to.
 * Integers only; no operation stands here that compiler/core/fixed does not define.
 */
import type { Program } from '../program/program.ts';
import { runnerOf } from './runners/index.ts';
import type { Runner } from './runners/runner.ts';

/** The network of a program with its state. */
export class Network {
  readonly #runners: readonly Runner[];
  readonly #input: Int32Array;
  /** Outputs of every layer after the last step, in order; live views, Q15, the last one the logits. */
  readonly outputs: readonly Int32Array[];
  /** Accumulators of every layer after the last step: matrix by matrix. Live views, int32. */
  readonly accumulators: readonly (readonly Int32Array[])[];
  /** Logits of the last step: the outputs of the last layer. Live view, int32. */
  readonly logits: Int32Array;

  constructor(program: Program) {
    this.#runners = program.layers.map(runnerOf);
    this.outputs = this.#runners.map((runner) => runner.outputs);
    this.accumulators = this.#runners.map((runner) => runner.accumulators);
    this.#input = new Int32Array(program.layers[0]?.inputs ?? 0);
    this.logits = this.outputs[this.outputs.length - 1] ?? new Int32Array(0);
    this.reset();
  }

  /** Every layer back to its initial state. */
  reset(): void {
    for (const runner of this.#runners) runner.reset();
  }

  /** One time step. features: Q15, one per input of the first layer. */
  step(features: Int16Array): void {
    this.#input.set(features);
    let x = this.#input;
    for (const runner of this.#runners) {
      runner.step(x);
      x = runner.outputs;
    }
  }
}

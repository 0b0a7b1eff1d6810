// SPDX-License-Identifier: Apache-2.0
/**
 * A program that learns from single examples, as a board does that is told `learn LABEL` (docs/NUMERICS.md, "Learning");
 * twin of firmware/app/model/learn.c.
 */
import { learnCorrect, learnMean, learnSum, learnTeach } from '../fixed/learning.ts';
import { keepsOutputs } from '../program/layout.ts';
import { outputsOf, type Program } from '../program/program.ts';
import { traceLayout } from '../program/trace.ts';
import { argmax, readout } from './readout.ts';

/** Bytes of RAM that learning may take. */
export const MAX_LEARN_BYTES = 3840;
/** Longer clips are no examples. */
export const MAX_LEARN_STEPS = 65535;

/** Bytes of RAM that learning takes: what is learnt, the same before the last example, sums and means of one. */
export function learnBytes(units: number, outputs: number): number {
  return 4 * Math.ceil((2 * outputs * (units + 1) + units) / 2) + 4 * (units + outputs);
}

/** Why a program cannot learn; null: it can. */
export function learnDefect(program: Program): string | null {
  const last = program.layers[program.layers.length - 1];
  if (last === undefined || keepsOutputs(last) || program.readout === null)
    return 'only a model with a readout whose last layer has no activation, and no state, learns';
  const bytes = learnBytes(last.inputs, last.units);
  return bytes <= MAX_LEARN_BYTES
    ? null
    : `learning takes ${bytes} bytes of RAM for its output layer, at most ${MAX_LEARN_BYTES} are there for it`;
}

/** What a clip comes to with what was learnt. */
export interface LearntClip {
  /** One per label, int32. */
  readonly scores: Int32Array;
  readonly label: number;
}

/** Clips are traces of the reference: steps x traceLayout(program).width. */
export class Learner {
  /** Examples that `learnt` holds. */
  examples = 0;
  readonly learnt: Int16Array;
  #before: { learnt: Int16Array; examples: number } | null = null;
  readonly #rule: 'sum' | 'last';
  readonly #width: number;
  readonly #units: number;
  readonly #outputs: number;

  /** @throws Error where the program cannot learn: learnDefect gives the reason */
  constructor(program: Program) {
    const defect = learnDefect(program);
    if (defect !== null || program.readout === null) throw new Error(`${program.name}: ${defect}`);
    this.#rule = program.readout.rule;
    this.#width = traceLayout(program).width;
    this.#units = program.layers[program.layers.length - 1]?.inputs ?? 0;
    this.#outputs = outputsOf(program);
    this.learnt = new Int16Array(this.#outputs * (this.#units + 1));
  }

  /** Inputs of the output layer and logits of a step; they stand side by side in its trace. */
  #step(trace: Int32Array, step: number): { x: Int16Array; logits: Int32Array } {
    const end = (step + 1) * this.#width;
    const logits = trace.slice(end - this.#outputs, end);
    return {
      x: Int16Array.from(trace.subarray(end - this.#outputs - this.#units, end - this.#outputs)),
      logits,
    };
  }

  clip(trace: Int32Array): LearntClip {
    const scores = new Int32Array(this.#outputs);
    for (let step = 0; step < trace.length / this.#width; step++) {
      const { x, logits } = this.#step(trace, step);
      if (this.examples === 0) {
        readout(this.#rule, scores, logits);
        continue;
      }
      learnCorrect(this.learnt, x, logits);
      logits.forEach((logit, k) => {
        scores[k] = this.#rule === 'sum' ? learnSum(scores[k] ?? 0, logit) : logit;
      });
    }
    return { scores, label: argmax(scores) };
  }

  /** @param trace of 1 .. MAX_LEARN_STEPS steps; label: below the number of labels */
  learn(trace: Int32Array, label: number): void {
    const sums = new Int32Array(this.#units);
    const logitSums = new Int32Array(this.#outputs);
    const total = trace.length / this.#width;
    const steps = this.#rule === 'sum' ? total : 1;
    for (let step = total - steps; step < total; step++) {
      const { x, logits } = this.#step(trace, step);
      for (let u = 0; u < this.#units; u++) sums[u] = (sums[u] ?? 0) + (x[u] ?? 0); // 65535 * 2^15 < 2^31
      for (let k = 0; k < this.#outputs; k++) logitSums[k] = learnSum(logitSums[k] ?? 0, logits[k] ?? 0);
    }
    this.#before = { learnt: this.learnt.slice(), examples: this.examples };
    const x = Int16Array.from(sums, (sum) => learnMean(sum, steps));
    const logits = logitSums.map((sum) => learnMean(sum, steps));
    learnTeach(this.learnt, x, logits, label);
    this.examples += 1;
  }

  /** Nothing is learnt; undo brings it back. */
  forget(): void {
    this.#before = { learnt: this.learnt.slice(), examples: this.examples };
    this.learnt.fill(0);
    this.examples = 0;
  }

  /** What was saved, as after a loss of power. */
  restore({ learnt, examples }: { readonly learnt: Int16Array; readonly examples: number }): void {
    this.learnt.set(learnt);
    this.examples = examples;
    this.#before = null;
  }

  /** Exactly what there was before the last example or forget, once. @returns whether there was one */
  undo(): boolean {
    if (this.#before === null) return false;
    this.learnt.set(this.#before.learnt);
    this.examples = this.#before.examples;
    this.#before = null;
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { wholeFrames } from '../audio/crop.ts';
import { Frontend } from '../frontend/features.ts';
import { inputsOf, outputsOf, type Program } from '../program/program.ts';
import { traceLayout } from '../program/trace.ts';
import { Network } from './network.ts';
import { argmax, readout } from './readout.ts';

/** What a clip came to. */
export interface ClipResult {
  readonly steps: number;
  /** steps x outputs, int32. */
  readonly logits: Int32Array;
  /** The readout's integers, one per label; empty without a readout. */
  readonly scores: Int32Array;
  /** Index of the predicted label; -1 without a readout. */
  readonly label: number;
  /** steps x traceLayout(program).width, or null where none was asked for. */
  readonly trace: Int32Array | null;
}

/** The reference: PCM or features to logits and scores, integers only. Reused from clip to clip. */
export class Simulator {
  readonly #program: Program;
  readonly #frontend: Frontend | null;
  readonly #network: Network;
  readonly #inputs: number;
  readonly #buffer: Int16Array;

  constructor(program: Program) {
    this.#program = program;
    this.#frontend = program.frontend === null ? null : new Frontend(program.frontend);
    this.#network = new Network(program);
    this.#inputs = inputsOf(program);
    this.#buffer = new Int16Array(this.#inputs);
  }

  /**
   * Runs a clip from the initial state. samples: PCM at the program's rate, or, for a program without a feature
   * extractor, Q15 features step by step. A final partial frame is dropped. The caller cuts the clip (audio/cut.ts).
   */
  run(samples: Int16Array, trace = false): ClipResult {
    const program = this.#program;
    const outputs = outputsOf(program);
    const steps = this.steps(samples.length);
    const layout = traceLayout(program);
    const logits = new Int32Array(steps * outputs);
    const scores = new Int32Array(program.readout === null ? 0 : outputs);
    const traced = trace ? new Int32Array(steps * layout.width) : null;
    this.#network.reset();
    for (let step = 0; step < steps; step++) {
      const features = this.features(samples, step);
      this.#network.step(features);
      logits.set(this.#network.logits, step * outputs);
      if (program.readout !== null) readout(program.readout.rule, scores, this.#network.logits);
      if (traced !== null) {
        const at = step * layout.width;
        layout.groups.forEach((group) => {
          const values = group.layer < 0 ? features : this.#network.outputs[group.layer];
          if (values !== undefined) traced.set(values, at + group.offset);
        });
      }
    }
    return { steps, logits, scores, label: argmax(scores), trace: traced };
  }

  /** Number of whole frames (or feature vectors) in n samples. */
  steps(n: number): number {
    const frontend = this.#program.frontend;
    return frontend === null ? Math.floor(n / this.#inputs) : wholeFrames(n, frontend.frame, frontend.hop);
  }

  /**
   * The features of one step of a clip: Q15, one per input. A live view that the next call overwrites. Steps are asked for
   * in their order, and the first one begins a clip.
   */
  features(samples: Int16Array, step: number): Int16Array {
    const frontend = this.#program.frontend;
    const features = this.#buffer;
    if (frontend === null || this.#frontend === null) {
      features.set(samples.subarray(step * this.#inputs, (step + 1) * this.#inputs));
    } else {
      if (step === 0) this.#frontend.reset();
      this.#frontend.frame(samples, step * frontend.hop, features);
    }
    return features;
  }
}

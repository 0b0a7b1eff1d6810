// SPDX-License-Identifier: Apache-2.0
/**
 * Loss and gradient of a batch, clip after clip in double precision: slow, plain, and what the fast engine is checked
 * against. Its own gradients are checked against finite differences.
 */
import { trainedCell } from '../cells/index.ts';
import { clipLoss, type LossRules } from '../loss.ts';
import type { Network, PlacedLayer } from '../shapes.ts';
import type { ForwardLayer } from './layer.ts';
import { forwardOf } from './layers.ts';

export interface ReferenceClip {
  /** steps x inputs, in [0, 1). */
  readonly features: Float64Array;
  /** One label, or with readout "steps" one per step. */
  readonly labels: Int32Array;
  /** One value per recurrent unit of the network, in (-1, 1). */
  readonly initial: Float64Array;
  /** What this clip's loss is multiplied by, such as 1 / clips. */
  readonly share: number;
}

export interface BatchResult {
  /** Sum of the clips' losses, each times its share. */
  readonly loss: number;
  /** Clips that were right; see ClipLoss.correct. */
  readonly correct: number;
  /** Of network.size parameters. */
  readonly gradients: Float64Array;
}

export class ReferenceTrainer {
  readonly #layers: readonly { readonly layer: PlacedLayer; readonly forward: ForwardLayer }[];

  constructor(
    readonly network: Network,
    readonly rules: LossRules,
  ) {
    this.#layers = network.layers.map((layer) => ({ layer, forward: forwardOf(layer) }));
  }

  /** Logits of every step, steps x outputs, and the way back. */
  forward(parameters: Float64Array, features: Float64Array, initial: Float64Array) {
    const steps = features.length / this.network.inputs;
    let values = features;
    const runs = this.#layers.map(({ layer, forward }) => {
      const states = trainedCell(layer.shape).randomStates ? layer.shape.units : 0;
      const run = forward(parameters, values, initial.subarray(layer.state, layer.state + states), steps);
      values = run.outputs;
      return run;
    });
    const back = (dLogits: Float64Array, gradients: Float64Array) => {
      runs.reduceRight((derivative, run) => run.back(derivative, gradients), dLogits);
    };
    return { logits: values, steps, back };
  }

  batch(parameters: Float64Array, clips: readonly ReferenceClip[]): BatchResult {
    const gradients = new Float64Array(this.network.size);
    let loss = 0;
    let correct = 0;
    for (const { features, labels, initial, share } of clips) {
      const { logits, steps, back } = this.forward(parameters, features, initial);
      const gradient = new Float64Array(logits.length);
      const lane = { logits, gradient, steps, classes: this.network.outputs, lanes: 1 };
      const result = clipLoss(this.rules, lane, 0, labels, share);
      loss += result.loss;
      correct += result.correct;
      back(gradient, gradients);
    }
    return { loss, correct, gradients };
  }
}

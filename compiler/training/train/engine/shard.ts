// SPDX-License-Identifier: Apache-2.0
/** Sixteen clips of a batch: what a thread computes in one go. */
import { trainedCell } from '../cells/index.ts';
import { clipLoss, type LossRules } from '../loss.ts';
import type { Network } from '../network.ts';
import { SETTINGS } from '../wasm/event-cells.ts';
import { instantiate } from '../wasm/kernels.ts';
import { LANES } from '../wasm/matrix.ts';
import { engineCell } from './cells/index.ts';
import { Passes } from './passes.ts';
import { type Plan, planOf } from './plan.ts';

const PAGE = 65536;

/** Clips in memory: features clip by clip, step by step; labels one per clip, or one per step. */
export interface ClipArrays {
  /** Q15. */
  readonly features: Int16Array;
  readonly labels: Int32Array;
  /** 1, or the steps where every step has its label. */
  readonly labelsPerClip: number;
}

/** Up to LANES clips. */
export interface ShardInput {
  /** Indices of the clips. */
  readonly clips: Int32Array;
  /** States before the first step, clip by clip, network.states each. */
  readonly initial: Float32Array;
  /** What each clip's loss is multiplied by. */
  readonly shares: Float32Array;
  /** Derivative of the loss by every event of a clip, layer by layer; absent: 0. */
  readonly pressures?: Float32Array;
}

export interface ShardLoss {
  readonly loss: number;
  readonly correct: number;
}

export class ShardMachine {
  readonly #network: Network;
  readonly #rules: LossRules;
  readonly #steps: number;
  readonly #plan: Plan;
  readonly #floats: Float32Array;
  readonly #passes: Passes;

  constructor(network: Network, rules: LossRules, steps: number) {
    this.#network = network;
    this.#rules = rules;
    this.#steps = steps;
    this.#plan = planOf(network, steps);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(this.#plan.bytes / PAGE) });
    this.#floats = new Float32Array(memory.buffer);
    this.#passes = new Passes(instantiate(memory), this.#plan, steps);
    for (const { layer, settings } of this.#plan.layers) {
      const numbers = engineCell(layer.shape).settings?.(layer.shape);
      if (numbers === undefined) continue;
      this.#floats[(settings + SETTINGS.support) / 4] = numbers.support;
      this.#floats[(settings + SETTINGS.dampening) / 4] = numbers.dampening;
      this.#floats[(settings + SETTINGS.threshold) / 4] = numbers.threshold;
    }
  }

  /** Parameters as the passes use them: network.size values. */
  setParameters(parameters: Float32Array): void {
    this.#floats.set(parameters, this.#plan.parameters / 4);
  }

  /** Gradients of the last gradient() call: a view that the next call overwrites. */
  get gradients(): Float32Array {
    const start = this.#plan.gradients / 4;
    return this.#floats.subarray(start, start + this.#network.size);
  }

  /** Logits of the last call, [step][class][lane]: a view. */
  get logits(): Float32Array {
    const start = this.#plan.logits / 4;
    return this.#floats.subarray(start, start + this.#steps * this.#network.outputs * LANES);
  }

  /** Loss of the clips, summed in the order of the lanes. */
  forward(data: ClipArrays, input: ShardInput): ShardLoss {
    this.#load(data, input);
    this.#passes.forward();
    return this.#loss(data, input);
  }

  /** forward(), then the gradient of that loss and of the pressures. */
  gradient(data: ClipArrays, input: ShardInput): ShardLoss {
    const result = this.forward(data, input);
    this.#press(input);
    this.#passes.backward();
    return result;
  }

  #load({ features }: ClipArrays, { clips, initial }: ShardInput): void {
    const { inputs, states } = this.#network;
    const [first] = this.#plan.layers;
    if (first === undefined) throw new Error('a network has a layer');
    const floats = this.#floats;
    const stepFloats = first.inputStep / 4;
    for (let lane = 0; lane < LANES; lane++) {
      // Lanes without a clip repeat the first one: finite numbers, and #loss leaves them out.
      const clip = clips[lane] ?? clips[0] ?? 0;
      let from = clip * this.#steps * inputs;
      for (let t = 0; t < this.#steps; t++) {
        let to = first.input / 4 + t * stepFloats + lane;
        for (let i = 0; i < inputs; i++, to += LANES) floats[to] = (features[from++] ?? 0) / 32768;
      }
    }
    for (const { layer, input, carry } of this.#plan.layers) {
      const { units } = layer.shape;
      const { recurrent, randomStates } = trainedCell(layer.shape);
      if (!recurrent) continue;
      const { carries = 1 } = engineCell(layer.shape);
      floats.fill(0, carry / 4, carry / 4 + carries * units * LANES);
      const state = input / 4 + layer.shape.inputs * LANES;
      for (let lane = 0; lane < LANES; lane++) {
        const from = (lane < clips.length ? lane : 0) * states + layer.state;
        for (let i = 0; i < units; i++)
          floats[state + i * LANES + lane] = randomStates ? (initial[from + i] ?? 0) : 0;
      }
    }
  }

  /** Events of the clips in the last call, over all steps, layer by layer; 0 for layers that send none. */
  events(clips: number): number[] {
    return this.#plan.layers.map(({ layer }, index) => {
      if (!trainedCell(layer.shape).events) return 0;
      const { shape } = layer;
      const changes = engineCell(shape).heldOutputs === true;
      let count = 0;
      for (let t = 0; t < this.#steps; t++) {
        const [now, before] = [this.#outputs(index, t), t === 0 ? null : this.#outputs(index, t - 1)];
        for (let i = 0; i < shape.units; i++) {
          for (let lane = 0; lane < clips; lane++) {
            const at = i * LANES + lane;
            const rest = changes && before !== null ? this.#floats[before + at] : 0;
            if (this.#floats[now + at] !== rest) count++;
          }
        }
      }
      return count;
    });
  }

  /** Where the outputs of a layer at a step begin, in floats. */
  #outputs(index: number, t: number): number {
    const next = this.#plan.layers[index + 1];
    return next === undefined
      ? (this.#plan.logits + t * this.#plan.logitsStep) / 4
      : (next.input + t * next.inputStep) / 4;
  }

  #press({ clips, pressures }: ShardInput): void {
    this.#plan.layers.forEach(({ layer, settings }, index) => {
      if (!trainedCell(layer.shape).events) return;
      const row = settings / 4 + SETTINGS.pressure / 4;
      for (let lane = 0; lane < LANES; lane++)
        this.#floats[row + lane] = lane < clips.length ? (pressures?.[index] ?? 0) : 0;
    });
  }

  #loss({ labels, labelsPerClip }: ClipArrays, { clips, shares }: ShardInput): ShardLoss {
    const last = this.#plan.layers.at(-1);
    if (last === undefined) throw new Error('a network has a layer');
    const { logits } = this;
    const start = last.derivatives / 4;
    const gradient = this.#floats.subarray(start, start + logits.length);
    gradient.fill(0);
    const lanes = { logits, gradient, steps: this.#steps, classes: this.#network.outputs, lanes: LANES };
    let loss = 0;
    let correct = 0;
    clips.forEach((clip, lane) => {
      const own = labels.subarray(clip * labelsPerClip, (clip + 1) * labelsPerClip);
      const result = clipLoss(this.#rules, lanes, lane, own, shares[lane] ?? 0);
      loss += result.loss;
      correct += result.correct;
    });
    return { loss, correct };
  }
}

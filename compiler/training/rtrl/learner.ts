// SPDX-License-Identifier: Apache-2.0
/**
 * A layer of event-based cells and a linear readout of its states, learning by RTRL and Adam: after any step a label may
 * be given, and after any step the weights may move. What it holds does not depend on how many steps there were.
 */
import { at, type Floats } from '../train/arrays.ts';
import { ADAM, type AdamRules, type AdamState, adamStep, newAdamState } from '../train/optimize/optimizer.ts';
import { type RtrlNet, sizeOf } from './layout.ts';
import { FORMS, Rtrl, type RtrlForm } from './rtrl.ts';

/** Adam without the clips, which are for weights that will be quantized. */
const RULES: AdamRules = {
  ...ADAM,
  gradientNorm: Number.POSITIVE_INFINITY,
  weightClip: Number.POSITIVE_INFINITY,
};

export interface RtrlLearnerOptions {
  readonly classes: number;
  readonly form?: RtrlForm;
  /** What RTRL may hold, in bytes. */
  readonly limit?: number;
}

export class RtrlLearner {
  readonly rtrl: Rtrl;
  /** Of the cell, in the order of its tensors, then units x classes of the readout, then its biases. */
  readonly parameters: Float32Array;
  readonly #classes: number;
  readonly #cell: number;
  readonly #adam: AdamState;
  readonly #gradient: Float32Array;
  readonly #logits: Float64Array;
  readonly #dh: Float64Array;
  #losses = 0;

  /** @throws InputError where the influence matrices would not fit in memory */
  constructor(net: RtrlNet, { classes, form = FORMS.both, limit }: RtrlLearnerOptions) {
    this.rtrl = new Rtrl(net, form, limit === undefined ? {} : { limit });
    this.#classes = classes;
    this.#cell = sizeOf(net.cell.tensors(net.inputs, net.units));
    const size = this.#cell + (net.units + 1) * classes;
    this.parameters = new Float32Array(size);
    this.#gradient = new Float32Array(size);
    this.#adam = newAdamState(size);
    this.#logits = new Float64Array(classes);
    this.#dh = new Float64Array(net.units);
  }

  /** Takes the present parameters over: call after they were set from outside. */
  load(): void {
    this.rtrl.load(this.parameters.subarray(0, this.#cell));
  }

  reset(): void {
    this.rtrl.reset();
  }

  /** @param x inputs of this step, from the index `from` on */
  step(x: Float64Array, from = 0): void {
    this.rtrl.step(x, from);
  }

  /** Adds the gradient of the cross-entropy of this step's readout. @returns that loss, in nats */
  learn(label: number): number {
    const loss = this.#forward(label);
    const { units } = this.rtrl.net;
    const { h } = this.rtrl.units;
    const biases = this.#cell + units * this.#classes;
    this.#dh.fill(0);
    for (let i = 0; i < this.#classes; i++) {
      const d = at(this.#logits, i) - (i === label ? 1 : 0);
      this.#add(biases + i, d);
      for (let k = 0; k < units; k++) {
        const index = this.#cell + k * this.#classes + i;
        this.#add(index, d * at(h, k));
        this.#dh[k] = at(this.#dh, k) + d * at(this.parameters, index);
      }
    }
    this.rtrl.addGradient({ h: this.#dh });
    this.#losses++;
    return loss;
  }

  /** Moves all parameters against the mean gradient since the last update. @returns whether anything was learnt */
  update(rate: number): boolean {
    if (this.#losses === 0) return false;
    const gradient: Floats = this.#gradient;
    this.rtrl.takeGradient(gradient.subarray(0, this.#cell));
    for (let i = 0; i < gradient.length; i++) gradient[i] = at(gradient, i) / this.#losses;
    adamStep(RULES, this.#adam, this.parameters, this.#gradient, rate);
    this.#gradient.fill(0);
    this.#losses = 0;
    this.load();
    return true;
  }

  /** Sets the logits to posteriors. */
  #forward(label: number): number {
    const { units } = this.rtrl.net;
    const { h } = this.rtrl.units;
    for (let i = 0; i < this.#classes; i++) {
      let sum = at(this.parameters, this.#cell + units * this.#classes + i);
      for (let k = 0; k < units; k++)
        sum += at(h, k) * at(this.parameters, this.#cell + k * this.#classes + i);
      this.#logits[i] = sum;
    }
    const most = Math.max(...this.#logits);
    let total = 0;
    for (let i = 0; i < this.#classes; i++) {
      this.#logits[i] = Math.exp(at(this.#logits, i) - most);
      total += at(this.#logits, i);
    }
    for (let i = 0; i < this.#classes; i++) this.#logits[i] = at(this.#logits, i) / total;
    return -Math.log(Math.max(at(this.#logits, label), Number.MIN_VALUE));
  }

  #add(index: number, value: number): void {
    this.#gradient[index] = at(this.#gradient, index) + value;
  }
}

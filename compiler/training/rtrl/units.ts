// SPDX-License-Identifier: Apache-2.0
/** The units of a layer as they are after a step, and by what numbers rows of M_c become those of other derivatives. */
import { at } from '../train/arrays.ts';
import type { CellStep } from './cell.ts';
import type { Layout, RtrlNet } from './layout.ts';

/** Derivative of a value by all parameters: c M_c + y M_y before + threshold E, units values each. */
export interface Coefficients {
  readonly c: Float64Array;
  /** 0 but for held outputs. */
  readonly y: Float64Array;
  readonly threshold: Float64Array;
}

/** Share of y that a trace takes over at every step. */
export const TRACE = 0.1;

export class Units implements CellStep {
  /** 1, inputs, outputs before; after a step outputs of this step. */
  readonly sources: Float64Array;
  readonly y: Float64Array;
  readonly c: Float64Array;
  readonly h: Float64Array;
  /** 1 where an event was sent, otherwise 0. */
  readonly o: Float64Array;
  readonly trace: Float64Array;
  readonly threshold: Float64Array;
  readonly sums: Float64Array;
  readonly slopes: Float64Array;
  readonly decay: Float64Array;
  /** Of y, h and o as the last step left them. */
  readonly sent: Coefficients;
  readonly state: Coefficients;
  readonly event: Coefficients;
  readonly #net: RtrlNet;

  constructor(net: RtrlNet) {
    this.#net = net;
    const { inputs, units, cell } = net;
    const values = (each = 1) => new Float64Array(each * units);
    const coefficients = () => ({ c: values(), y: values(), threshold: values() });
    this.sources = new Float64Array(1 + inputs + units);
    this.sources[0] = 1;
    this.y = this.sources.subarray(1 + inputs);
    [this.c, this.h, this.o, this.trace, this.threshold, this.decay] = [
      values(),
      values(),
      values(),
      values(),
      values(),
      values(),
    ];
    this.sums = values(cell.sums);
    this.slopes = values(cell.sums);
    this.sent = coefficients();
    this.state = coefficients();
    this.event = coefficients();
  }

  reset(): void {
    const { sent, state, event } = this;
    for (const values of [this.y, this.c, this.h, this.o, this.trace]) values.fill(0);
    for (const { c, y, threshold } of [sent, state, event]) {
      c.fill(0);
      y.fill(0);
      threshold.fill(0);
    }
  }

  /** From the inputs of a step, at `from`, to c and its derivatives by h and by the sums; y is still that before. */
  advance(x: Float64Array, from: number, { sum, source, columns }: Layout, parameters: Float64Array): void {
    const { inputs, cell } = this.#net;
    for (let i = 0; i < inputs; i++) this.sources[1 + i] = at(x, from + i);
    this.sums.fill(0);
    for (let j = 0; j < columns; j++) {
      const into = sum[j] as number;
      if (into >= 0) {
        this.sums[into] = at(this.sums, into) + at(parameters, j) * at(this.sources, source[j] as number);
      }
    }
    cell.advance(this);
  }

  /** From c to events, outputs, the states that they leave, and the coefficients. */
  fire(): void {
    const { surrogate, units, cell } = this.#net;
    const { dampening, support } = surrogate;
    const holds = cell.output === 'hold';
    for (let k = 0; k < units; k++) {
      const c = at(this.c, k);
      const threshold = at(this.threshold, k);
      const moved = c - at(this.y, k);
      const distance = (holds ? Math.abs(moved) : c) - threshold;
      const o = distance > 0 ? 1 : 0;
      const slope = dampening * Math.max(0, 1 - support * Math.abs(distance));
      this.o[k] = o;
      if (holds) this.#hold(k, c, o, moved, slope);
      else this.#pulse(k, c, o, threshold, slope);
      this.trace[k] = (1 - TRACE) * at(this.trace, k) + TRACE * at(this.y, k);
    }
  }

  #pulse(k: number, c: number, o: number, threshold: number, slope: number): void {
    const { sent, state, event } = this;
    this.y[k] = o * c;
    this.h[k] = c - o * threshold;
    sent.c[k] = o + c * slope;
    sent.threshold[k] = -c * slope;
    state.c[k] = 1 - threshold * slope;
    state.threshold[k] = threshold * slope - o;
    event.c[k] = slope;
    event.threshold[k] = -slope;
  }

  #hold(k: number, c: number, o: number, moved: number, slope: number): void {
    const { sent, state, event } = this;
    if (o === 1) this.y[k] = c;
    this.h[k] = c;
    sent.c[k] = o + slope * Math.abs(moved);
    sent.y[k] = 1 - at(sent.c, k);
    sent.threshold[k] = -slope * moved;
    state.c[k] = 1;
    event.c[k] = slope * Math.sign(moved);
    event.y[k] = -at(event.c, k);
    event.threshold[k] = -slope;
  }
}

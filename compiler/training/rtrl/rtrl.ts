// SPDX-License-Identifier: Apache-2.0
/**
 * Exact real-time recurrent learning (Williams and Zipser, 1989) of event-based cells, sparse in activity and parameters
 * (Subramoney et al., 2023). M_v is the derivative of a value v of every unit by all parameters, units x columns, E has a 1
 * in the column of the unit's own threshold, s is the surrogate's slope at the distance d from the threshold:
 *
 *   M_c = decay M_h + J M_y + slopes x sources          J = dc / dy, units x units
 *   pulse, d = c - thr:    M_o = s (M_c - E)                       M_y = o M_c + c M_o      M_h = M_c - thr M_o - o E
 *   hold, e = c - y before, d = abs(e) - thr:
 *                          M_o = s (sign(e) (M_c - M_y before) - E)
 *                          M_y = o M_c + (1 - o) M_y before + e M_o      M_h = M_c
 *
 * All of them are rows of M_c (and of the M_y before) times a number per unit, and one element for the threshold. So only
 * M_c is kept, before and after the step, and a step is one product of a matrix of units x units with it. A unit that is
 * silent and far from its threshold has no M_y: its row is left out of the product. A pruned parameter has no column.
 */
import { addAt, at, type Floats } from '../train/arrays.ts';
import { combine } from './combine.ts';
import { isPruned, type Layout, layoutOf, type RtrlNet } from './layout.ts';
import { memoryOf, type RtrlMemory, refuseTooLarge } from './memory.ts';
import { TRACE, Units } from './units.ts';

/** What is left out: rows of silent units, pruned parameters with their entries of J, both or nothing. */
export interface RtrlForm {
  readonly activity: boolean;
  readonly parameters: boolean;
}

export const FORMS = {
  dense: { activity: false, parameters: false },
  activity: { activity: true, parameters: false },
  parameters: { activity: false, parameters: true },
  both: { activity: true, parameters: true },
} as const satisfies Readonly<Record<string, RtrlForm>>;

export interface RtrlOptions {
  /** Whether losses may depend on traces, trace = 0.9 trace + 0.1 y: one more influence matrix. False by default. */
  readonly trace?: boolean;
  /** Bytes that influence matrices may have; this computer's memory by default. */
  readonly limit?: number;
}

/** Products of two numbers that were computed since the object was made. */
export interface RtrlCount {
  steps: number;
  /** J M_y: columns for each entry of J and row of M_y that were visited. */
  macs: number;
  /** decay M_h: columns for each unit, unless an entry of J reaches the same row. */
  decays: number;
  /** slopes x sources: columns. */
  immediate: number;
  /** M_y of held outputs, and M_trace. */
  kept: number;
  /** Gradient: columns for each row of M_c that the loss depends on. */
  gradient: number;
}

/** Derivatives of a step's loss by what the step gave, units values each. */
export interface StepDerivatives {
  readonly y?: Float64Array;
  readonly h?: Float64Array;
  readonly o?: Float64Array;
  readonly trace?: Float64Array;
}

/** A matrix of units x columns inside of the one array that holds them all. */
type Matrix = number;

export class Rtrl {
  readonly layout: Layout;
  readonly memory: RtrlMemory;
  readonly units: Units;
  readonly count: RtrlCount = { steps: 0, macs: 0, decays: 0, immediate: 0, kept: 0, gradient: 0 };
  /** By unit: whether the next step visits its row of M_y, because it is not zero. */
  readonly live: Uint8Array;
  /** dc / dy of the last step, by entry of the layout. */
  readonly jacobian: Float64Array;
  readonly #parameters: Float64Array;
  readonly #gradient: Float64Array;
  readonly #values: Float64Array;
  /** M_c of the last step, and of the one before it. */
  #now: Matrix = 0;
  #before: Matrix;
  /** M_y before the last step, of held outputs. */
  readonly #held: Matrix | null;
  readonly #trace: Matrix | null;
  /** Rows and factors of a combination. */
  readonly #rows: Int32Array;
  readonly #factors: Float64Array;
  #started = false;

  /** @throws InputError where the influence matrices would not fit in memory, before anything is allocated */
  constructor(
    readonly net: RtrlNet,
    readonly form: RtrlForm = FORMS.both,
    { trace = false, limit }: RtrlOptions = {},
  ) {
    this.memory = memoryOf(net, form.parameters, trace);
    refuseTooLarge(net, this.memory, limit);
    const { units } = net;
    this.layout = layoutOf(net, form.parameters);
    const { columns, entries } = this.layout;
    this.units = new Units(net);
    this.live = new Uint8Array(units);
    this.jacobian = new Float64Array(entries.which.length);
    this.#parameters = new Float64Array(columns);
    this.#gradient = new Float64Array(columns);
    this.#values = new Float64Array(this.memory.values);
    const matrix = units * columns;
    this.#before = matrix;
    this.#held = net.cell.output === 'hold' ? 2 * matrix : null;
    this.#trace = trace ? (this.memory.matrices - 1) * matrix : null;
    this.#rows = new Int32Array(units + 1);
    this.#factors = new Float64Array(units + 1);
  }

  /** Takes over the values of all parameters, in the order of the cell's tensors; those that are pruned count as 0. */
  load(parameters: Floats): void {
    const { parameter, columns } = this.layout;
    for (let j = 0; j < columns; j++) {
      const index = parameter[j] as number;
      this.#parameters[j] = isPruned(this.net, index) ? 0 : at(parameters, index);
    }
    for (let k = 0; k < this.net.units; k++) {
      this.units.threshold[k] = at(this.#parameters, this.#thresholdColumn(k));
    }
  }

  /** To the state before the first step; the gradient stays. */
  reset(): void {
    this.units.reset();
    this.live.fill(0);
    this.#started = false;
    // Only a form that visits rows of zeros reads them.
    if (!this.form.activity) this.#clear(this.#now);
    if (this.#held !== null) this.#clear(this.#held);
    if (this.#trace !== null) this.#clear(this.#trace);
  }

  /** @param x inputs of this step, from the index `from` on */
  step(x: Float64Array, from = 0): void {
    this.#keepHeld();
    this.units.advance(x, from, this.layout, this.#parameters);
    this.#findJacobian();
    [this.#now, this.#before] = [this.#before, this.#now];
    for (let k = 0; k < this.net.units; k++) this.#propagate(k);
    this.#addImmediate();
    this.units.fire();
    this.#findLive();
    this.#followTrace();
    this.#started = true;
    this.count.steps++;
  }

  /** Adds the derivatives of the last step's loss to the gradient. */
  addGradient({ y, h, o, trace }: StepDerivatives): void {
    const { sent, state, event } = this.units;
    for (let k = 0; k < this.net.units; k++) {
      const [dy, dh, dO] = [y?.[k] ?? 0, h?.[k] ?? 0, o?.[k] ?? 0];
      this.#addRow(this.#now, k, dy * at(sent.c, k) + dh * at(state.c, k) + dO * at(event.c, k));
      if (this.#held !== null) this.#addRow(this.#held, k, dy * at(sent.y, k) + dO * at(event.y, k));
      if (this.#trace !== null) this.#addRow(this.#trace, k, trace?.[k] ?? 0);
      const threshold =
        dy * at(sent.threshold, k) + dh * at(state.threshold, k) + dO * at(event.threshold, k);
      addAt(this.#gradient, this.#thresholdColumn(k), threshold);
    }
  }

  /** Sets the gradient of all parameters, 0 where they are pruned, and begins the next one. */
  takeGradient(target: Floats): void {
    const { parameter, columns } = this.layout;
    target.fill(0);
    for (let j = 0; j < columns; j++) {
      const index = parameter[j] as number;
      if (!isPruned(this.net, index)) target[index] = at(this.#gradient, j);
    }
    this.#gradient.fill(0);
  }

  /** M_c of a unit as the last step left it, by column: a view. */
  influence(unit: number): Float64Array {
    const row = this.#row(this.#now, unit);
    return this.#values.subarray(row, row + this.layout.columns);
  }

  #row(matrix: Matrix, unit: number): number {
    return matrix + unit * this.layout.columns;
  }

  #thresholdColumn(unit: number): number {
    return (this.layout.first[unit + 1] as number) - 1;
  }

  #clear(matrix: Matrix): void {
    this.#values.fill(0, matrix, this.#row(matrix, this.net.units));
  }

  #term(index: number, row: number, factor: number): void {
    this.#rows[index] = row;
    this.#factors[index] = factor;
  }

  /** M_y of held outputs follows a step late: until then the loss of the step still needs the M_y before. */
  #keepHeld(): void {
    if (this.#held === null) return;
    const { c, y, threshold } = this.units.sent;
    for (let k = 0; k < this.net.units; k++) {
      const stays = at(c, k) === 0 && at(threshold, k) === 0;
      if (!this.#started || (stays && this.form.activity)) continue;
      const row = this.#row(this.#held, k);
      this.#term(0, this.#row(this.#now, k), at(c, k));
      this.#term(1, row, at(y, k));
      this.#combine(row, 2);
      addAt(this.#values, row + this.#thresholdColumn(k), at(threshold, k));
      this.count.kept += 2 * this.layout.columns;
    }
  }

  #combine(row: number, terms: number): void {
    combine(this.#values, row, this.layout.columns, this.#rows, this.#factors, terms);
  }

  #findJacobian(): void {
    const { recurrent, sum } = this.layout;
    const { column, entry } = recurrent;
    const { slopes } = this.units;
    this.jacobian.fill(0);
    for (let i = 0; i < column.length; i++) {
      const j = column[i] as number;
      addAt(this.jacobian, entry[i] as number, at(this.#parameters, j) * at(slopes, sum[j] as number));
    }
  }

  /** Row k of M_c: decay M_h + J M_y. */
  #propagate(k: number): void {
    const { columns, entries } = this.layout;
    const { decay, state, sent } = this.units;
    const target = this.#row(this.#now, k);
    // M_h before and M_y before of pulses are multiples of M_c before, but for their thresholds.
    let own = at(decay, k) * at(state.c, k);
    let ownVisited = this.form.activity && !this.#started;
    let terms = 0;
    for (let i = entries.first[k] as number; i < (entries.first[k + 1] as number); i++) {
      const l = entries.which[i] as number;
      if (this.form.activity && this.live[l] === 0) continue;
      const entry = at(this.jacobian, i);
      this.count.macs += columns;
      if (this.#held !== null) this.#term(terms++, this.#row(this.#held, l), entry);
      else if (l !== k) this.#term(terms++, this.#row(this.#before, l), entry * at(sent.c, l));
      else {
        own += entry * at(sent.c, l);
        ownVisited = true;
      }
    }
    if (!ownVisited) this.count.decays += columns;
    if (this.#started || !this.form.activity) this.#term(terms++, this.#row(this.#before, k), own);
    this.#combine(target, terms);
    addAt(this.#values, target + this.#thresholdColumn(k), at(decay, k) * at(state.threshold, k));
    if (this.#held === null) this.#addThresholds(k, target);
  }

  /** J times what M_y has of thresholds beside the rows of M_c. */
  #addThresholds(k: number, target: number): void {
    const { entries } = this.layout;
    const { threshold } = this.units.sent;
    for (let i = entries.first[k] as number; i < (entries.first[k + 1] as number); i++) {
      const l = entries.which[i] as number;
      if (this.live[l] === 0) continue;
      addAt(this.#values, target + this.#thresholdColumn(l), at(this.jacobian, i) * at(threshold, l));
    }
  }

  /** What the parameters of a unit change of its own c at once. */
  #addImmediate(): void {
    const { first, sum, source, columns } = this.layout;
    const { slopes, sources } = this.units;
    for (let k = 0; k < this.net.units; k++) {
      const row = this.#row(this.#now, k);
      for (let j = first[k] as number; j < this.#thresholdColumn(k); j++) {
        addAt(this.#values, row + j, at(slopes, sum[j] as number) * at(sources, source[j] as number));
      }
    }
    this.count.immediate += columns;
  }

  #findLive(): void {
    const { c, threshold } = this.units.sent;
    const holds = this.#held !== null;
    for (let k = 0; k < this.net.units; k++) {
      const isSent = at(c, k) !== 0 || at(threshold, k) !== 0;
      this.live[k] = isSent || (holds && this.live[k] === 1) ? 1 : 0;
    }
  }

  #followTrace(): void {
    if (this.#trace === null) return;
    const { c, y, threshold } = this.units.sent;
    for (let k = 0; k < this.net.units; k++) {
      const row = this.#row(this.#trace, k);
      let terms = 0;
      this.#term(terms++, row, 1 - TRACE);
      if (this.live[k] === 1 || !this.form.activity)
        this.#term(terms++, this.#row(this.#now, k), TRACE * at(c, k));
      if (this.#held !== null) this.#term(terms++, this.#row(this.#held, k), TRACE * at(y, k));
      this.#combine(row, terms);
      this.count.kept += terms * this.layout.columns;
      addAt(this.#values, row + this.#thresholdColumn(k), TRACE * at(threshold, k));
    }
  }

  #addRow(matrix: Matrix, unit: number, factor: number): void {
    if (factor === 0) return;
    const { columns } = this.layout;
    const row = this.#row(matrix, unit);
    const gradient = this.#gradient;
    for (let j = 0; j < columns; j++) gradient[j] = at(gradient, j) + factor * at(this.#values, row + j);
    this.count.gradient += columns;
  }
}

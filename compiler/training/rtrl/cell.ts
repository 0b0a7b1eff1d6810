// SPDX-License-Identifier: Apache-2.0
/**
 * What real-time recurrent learning asks of a cell. The new state c of a unit is a function of its own state h before and
 * of a few sums, each linear in its parameters: sum = sum of parameter * source, where a source is 1, an input or an
 * output before. So every derivative of c by a parameter of the unit is a slope times a source, and dc / dy of another
 * unit follows from the parameters whose source is that y.
 */

/** Instead of a sum: the parameter is the unit's threshold. */
export const THRESHOLD = -1;

/** Source 0 is the number 1, then come the inputs, then the outputs before. */
export const ONE = 0;

/** Row-major values that belong together in the flat array of all parameters. */
export interface RtrlTensor {
  readonly name: string;
  readonly size: number;
  /** Whether a mask may take values of it away: weights, not biases and thresholds. */
  readonly prunable: boolean;
  /** Which unit, which of its sums (or THRESHOLD) and which source the value at an index is for. */
  place(index: number): { readonly unit: number; readonly sum: number; readonly source: number };
}

/** One step of all units: units values each, units x sums of `sums` and `slopes`. */
export interface CellStep {
  readonly sums: Float64Array;
  /** States before. */
  readonly h: Float64Array;
  readonly c: Float64Array;
  /** dc / dh. */
  readonly decay: Float64Array;
  /** dc / dsum. */
  readonly slopes: Float64Array;
}

/**
 * What units send. "pulse": y = c where c > threshold, otherwise 0, and an event takes the threshold from the state.
 * "hold": y = c where abs(c - y before) > threshold, otherwise y stays, and the state stays c.
 */
export type RtrlOutput = 'pulse' | 'hold';

export interface RtrlCell {
  /** Sums per unit. */
  readonly sums: number;
  readonly output: RtrlOutput;
  tensors(inputs: number, units: number): readonly RtrlTensor[];
  /** From sums and h to c, decay and slopes. */
  advance(step: CellStep): void;
}

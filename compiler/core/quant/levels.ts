// SPDX-License-Identifier: Apache-2.0
/** Floating-point weights and biases to integers (docs/NUMERICS.md): the last line that fractions cross. */
import { CODE_ZERO } from '../fixed/fixed.ts';
import type { BiasRule, QuantizerRule } from '../program/program.ts';

const SIGN = 4;
/**
 * 2^-0.5, 2^-1.5, 2^-2.5. The double nearest to 2^-0.5 lies above it and the next lower one below, so comparing a
 * double with it decides as exact arithmetic would; halves of it inherit that.
 */
const THRESHOLDS = [Math.SQRT1_2, Math.SQRT1_2 / 2, Math.SQRT1_2 / 4] as const;

/** Largest magnitude of a q15 bias, exclusive. */
export const BIAS_LIMIT = 65536;

/** The 3-bit code of a finite weight. */
export function codeOf(weight: number, rule: QuantizerRule): number {
  const magnitude = Math.abs(weight);
  if (rule === 'equation' && magnitude <= 0.25) return CODE_ZERO;
  const shift = THRESHOLDS.findIndex((threshold) => magnitude >= threshold);
  if (shift < 0) return CODE_ZERO;
  return weight < 0 ? SIGN | shift : shift;
}

/** What a row's accumulator starts from. q15: |bias| < BIAS_LIMIT is the caller's duty. */
export function biasOf(bias: number, rule: BiasRule, quantizer: QuantizerRule): number {
  if (rule === 'q15') return roundHalfUp(bias * 32768); // a power of two: exact
  const code = codeOf(bias, quantizer);
  if (code === CODE_ZERO) return 0;
  const value = 32768 >> (code & 3);
  return code & SIGN ? -value : value;
}

/** A threshold from 0 to 1 in Q15, 0 .. 32767. */
export function thresholdOf(threshold: number): number {
  return Math.min(roundHalfUp(threshold * 32768), 32767);
}

/** floor(v + 1/2), exactly: v + 0.5 itself would round 0.49999999999999994 up to 1. */
export function roundHalfUp(v: number): number {
  const floor = Math.floor(v);
  return v - floor >= 0.5 ? floor + 1 : floor + 0; // + 0: never -0
}

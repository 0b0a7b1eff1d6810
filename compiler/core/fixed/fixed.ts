// SPDX-License-Identifier: Apache-2.0
/**
 * The network's arithmetic: twin of runtime-c/network/egru_fixed.h. Same names, same argument order, same order of
 * statements, so that a review is a diff by eye. int32 in, int32 out; nothing here may use a fraction.
 * docs/NUMERICS.md defines every operation.
 */

/** The code of a weight that is zero. Codes: bit 2 sign, bits 1..0 shift, 7 zero, 3 invalid. */
export const CODE_ZERO = 7;

/** Largest magnitude that softsign distinguishes: larger accumulators behave like this one. */
export const SOFTSIGN_LIMIT = (1 << 21) - 1;

/** One product. x: Q15 or any int32; returns x >> shift, negated after the shift where the sign bit is set. */
export function term(code: number, x: number): number {
  if (code === CODE_ZERO) return 0;
  const shifted = x >> (code & 3);
  return code & 4 ? -shifted : shifted;
}

/** acc: any int32. Returns softsign in Q15, -32264 .. 32264. The domain ends at ±(2^21 - 1); beyond it is flat. */
export function softsign(acc: number): number {
  const clamped = Math.max(-SOFTSIGN_LIMIT, Math.min(acc, SOFTSIGN_LIMIT));
  const n = clamped < 0 ? -clamped : clamped;
  const y = ((n << 10) / ((n + 32768) >> 5)) | 0; // n << 10 < 2^31; a truncating division, as in C
  return acc < 0 ? -y : y;
}

/** Largest magnitude of softsign: what it gives at the end of its domain. */
export const SOFTSIGN_MAX = softsign(SOFTSIGN_LIMIT);

/** The update gate from its accumulator: (softsign + 1) / 2 in Q15, 252 .. 32516. */
export function gate(acc: number): number {
  return (softsign(acc) + 32768) >> 1;
}

/** The new state. h: -32768 .. 32767, z: 252 .. 32516, g: -32264 .. 32264; |z * (g - h)| < 2^31. */
export function blend(h: number, z: number, g: number): number {
  return h + (Math.imul(z, g - h) >> 15);
}

/** Whether a state is an event of a pulsed output. c: -32264 .. 32264, threshold: 0 .. 32767; equality is none. */
export function fires(c: number, threshold: number, signed: boolean): boolean {
  return c > threshold || (signed && -c > threshold);
}

/** The state that an event leaves: the threshold nearer to 0. |c| > threshold. */
export function subtractThreshold(c: number, threshold: number): number {
  return c < 0 ? c + threshold : c - threshold;
}

/** Whether a Q15 value moved by more than the threshold from what was last sent; equality is no event. */
export function moved(value: number, sent: number, threshold: number): boolean {
  return value - sent > threshold || sent - value > threshold;
}

/** Dense activation. acc: any int32; returns 0 .. 32767. */
export function relu(acc: number): number {
  return acc < 0 ? 0 : acc > 32767 ? 32767 : acc;
}

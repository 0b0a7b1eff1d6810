// SPDX-License-Identifier: Apache-2.0
/**
 * The activations of the integer network in floating point. Ranges are the chip's: the accumulator is clamped to
 * ±64 (Q15 softsign ends at 2^21 - 1), states lie in (-1, 1) because each is a blend of numbers that do, dense
 * activations are clamped to [0, 1]. Beyond the clamp softsign keeps the slope of its edge, 1 / 65^2, so that a unit
 * that is driven there can come back.
 */

/** Accumulators beyond this behave like it. */
export const SOFTSIGN_CLAMP = 64;

export function softsign(a: number): number {
  const clamped = Math.max(-SOFTSIGN_CLAMP, Math.min(a, SOFTSIGN_CLAMP));
  return clamped / (1 + Math.abs(clamped));
}

/** Derivative from the value y = a / (1 + |a|): (1 - |y|)^2. */
export function softsignSlope(y: number): number {
  const rest = 1 - Math.abs(y);
  return rest * rest;
}

/** Dense activation "relu" with the chip's upper end. */
export function clampedRelu(a: number): number {
  return Math.max(0, Math.min(a, 1));
}

/** From the value: 1 inside (0, 1), 0 where it is clamped. */
export function clampedReluSlope(y: number): number {
  return y > 0 && y < 1 ? 1 : 0;
}

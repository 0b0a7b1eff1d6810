// SPDX-License-Identifier: Apache-2.0
/**
 * Learning of the output layer from single examples, by integers. Twin of runtime-c/detect/egru_learn.c, same names and
 * statements; docs/NUMERICS.md, "Learning", has the definition. What is learnt is a matrix of n rows (one per logit) of
 * units + 1 columns, Q12; the last column stands for the bias. All zeros: nothing is learnt.
 */
import { posterior, type Scale, softmax } from './softmax.ts';

const PASSES = 2;
const ONE = 32767;
const INT32_MAX = 2147483647;

/** softmax(4 l / 32768): 8 / ln 2 octaves for 1. */
const SCALE: Scale = { multiplier: 23637, preShift: 0, postShift: 11 };

/** a + b, saturated to ±(2^31 - 1); both within that. */
export function learnSum(a: number, b: number): number {
  return Math.max(-INT32_MAX, Math.min(INT32_MAX, a + b));
}

/** The sum (within ±(2^31 - 1)) of `steps` values, 1 .. 65535, to their mean: rounded toward zero. */
export function learnMean(sum: number, steps: number): number {
  return Math.trunc(sum / steps) | 0;
}

/**
 * Adds what was learnt to the logits of a step, saturating.
 * @param learnt n x (units + 1), Q12
 * @param x the output layer's inputs, Q15, units of them, at most 8190
 * @param logits n of them, within ±(2^31 - 1); changed
 */
export function learnCorrect(learnt: Int16Array, x: ArrayLike<number>, logits: Int32Array): void {
  const units = x.length;
  for (let k = 0; k < logits.length; k++) {
    const row = learnt.subarray(k * (units + 1), (k + 1) * (units + 1));
    let sum = ((row[units] ?? 0) * ONE) >> 12;
    for (let u = 0; u < units; u++) sum += ((row[u] ?? 0) * (x[u] ?? 0)) >> 12; // at most 2^18 each, 2^31 - 2^18 all
    logits[k] = learnSum(logits[k] ?? 0, sum);
  }
}

/** weight + error * x / 8, saturated. error: -32767 .. 32767, Q15; x: Q15; |error * x| < 2^30. */
function moved(weight: number, error: number, x: number): number {
  const value = weight + ((error * x + (1 << 20)) >> 21); // at most 2^9 more
  return Math.max(-32768, Math.min(32767, value));
}

/**
 * One example: two passes of the delta rule.
 * @param learnt n x (units + 1), Q12; changed
 * @param x means of the output layer's inputs, Q15
 * @param logits n means without what was learnt, int32, 1 .. 1024 of them
 * @param label below n
 */
export function learnTeach(learnt: Int16Array, x: Int16Array, logits: Int32Array, label: number): void {
  const units = x.length;
  for (let pass = 0; pass < PASSES; pass++) {
    const scratch = Int32Array.from(logits);
    learnCorrect(learnt, x, scratch);
    const common = softmax(SCALE, scratch);
    for (let k = 0; k < scratch.length; k++) {
      const error = (k === label ? ONE : 0) - posterior(SCALE, common, scratch[k] ?? 0);
      const row = learnt.subarray(k * (units + 1), (k + 1) * (units + 1));
      for (let u = 0; u < units; u++) row[u] = moved(row[u] ?? 0, error, x[u] ?? 0);
      row[units] = moved(row[units] ?? 0, error, ONE);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
/**
 * The sound of the examples: noise from a formula, so that they hold no recording and yet show at once whether a build
 * computes the integers of the reference. Twin of noise() in templates/export/partials/classify.hbs.
 */

/** Multiplier and increment of Numerical Recipes' quick generator (Press et al., section 7.1), modulo 2^32. */
const MULTIPLIER = 1664525;
const INCREMENT = 1013904223;

/** n samples of 16-bit PCM, -8192 .. 8191: the upper 14 bits of the generator's state, which begins at 1. */
export function exampleNoise(n: number): Int16Array {
  let state = 1;
  return Int16Array.from({ length: n }, () => {
    state = (Math.imul(state, MULTIPLIER) + INCREMENT) | 0;
    return state >> 18;
  });
}

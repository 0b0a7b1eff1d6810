// SPDX-License-Identifier: Apache-2.0

/** Numbers 0 .. 2^32 - 1, the same on every machine: a linear congruential generator (Numerical Recipes, ch. 7). */
export function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
}

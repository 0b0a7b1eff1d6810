// SPDX-License-Identifier: Apache-2.0
/** 95 % intervals of what was counted. */

const TAIL = 0.025;

export type Interval = readonly [low: number, high: number];

/**
 * The means of a Poisson distribution under which n events or more, and n or fewer, have a probability of 2.5 % each
 * (Garwood, 1936): 0 to 3.69 for n = 0.
 */
export function poissonInterval(n: number): Interval {
  const low = n === 0 ? 0 : meanWhere((mean) => 1 - atMost(n - 1, mean) > TAIL, n);
  return [low, meanWhere((mean) => atMost(n, mean) < TAIL, n)];
}

/** The least mean for which the condition holds, which holds for all larger ones. */
function meanWhere(holds: (mean: number) => boolean, n: number): number {
  let [low, high] = [0, 20 + 2 * n];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Probability of n events or fewer. In logarithms, so that means of thousands do not vanish. */
function atMost(n: number, mean: number): number {
  let log = -mean;
  let sum = Math.exp(log);
  for (let k = 1; k <= n; k++) {
    log += Math.log(mean / k);
    sum += Math.exp(log);
  }
  return sum;
}

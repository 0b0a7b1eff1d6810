// SPDX-License-Identifier: Apache-2.0

/** 95 % quantile of the standard normal distribution. */
const Z = 1.6448536269514722;
/** Above it, the approximation is off by less than 0.01 %. */
const EXACT = 100;

/**
 * The mean at which n events or fewer have a probability of 5 %: 3.00 for n = 0. By bisection, for many events by the
 * cube-root approximation of the chi-square quantile (Wilson and Hilferty, 1931).
 */
export function poissonLimit(n: number): number {
  if (n > EXACT) {
    const k = n + 1;
    return k * (1 - 1 / (9 * k) + Z / (3 * Math.sqrt(k))) ** 3;
  }
  let [low, high] = [0, 10 + 3 * n];
  for (let i = 0; i < 60; i++) {
    const mean = (low + high) / 2;
    let term = Math.exp(-mean);
    let probability = term;
    for (let k = 1; k <= n; k++) probability += term *= mean / k;
    if (probability > 0.05) low = mean;
    else high = mean;
  }
  return high;
}

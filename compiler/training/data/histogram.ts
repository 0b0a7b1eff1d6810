// SPDX-License-Identifier: Apache-2.0

/** Counts of values in steps of equal width: bin i holds from + i * width up to, but not including, the next. */
export interface Histogram {
  readonly from: number;
  readonly width: number;
  readonly counts: readonly number[];
}

const MOST_BINS = 24;

/** The step that a value belongs to; what rounding puts a hair below an edge belongs above it. */
function binOf(value: number, width: number): number {
  return Math.floor(value / width + 1e-9);
}

/**
 * Steps of 1, 2 or 5 times a power of ten, the finest that need at most MOST_BINS.
 * @param values finite; none: no bins
 */
export function histogram(values: readonly number[]): Histogram {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (values.length === 0) return { from: 0, width: 1, counts: [] };
  const width = niceWidth((high - low) / MOST_BINS, low, high);
  const first = binOf(low, width);
  const counts = new Array<number>(binOf(high, width) - first + 1).fill(0);
  for (const value of values) {
    const bin = binOf(value, width) - first;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  // Multiples of e.g. 0.1 carry rounding errors, which are of no use to the reader.
  return { from: Number((first * width).toPrecision(12)), width, counts };
}

function niceWidth(least: number, low: number, high: number): number {
  // Values that are all the same still need a width: a thousandth is below what lengths and levels are read to.
  const start = Math.floor(Math.log10(Math.max(least, 1e-3)));
  for (let power = start; ; power++) {
    for (const digit of [1, 2, 5]) {
      const width = Number(`${digit}e${power}`);
      if (width >= least && binOf(high, width) - binOf(low, width) < MOST_BINS) return width;
    }
  }
}

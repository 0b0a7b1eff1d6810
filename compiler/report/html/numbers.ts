// SPDX-License-Identifier: Apache-2.0
/** Numbers as pages show them: the same on every machine, whatever its language. */

/** 12345.6 -> "12,346" */
export function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 0.9766 -> "97.7 %" */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** [0.9, 0.95] -> "90.0 to 95.0 %" */
export function percentRange([low, high]: readonly [number, number]): string {
  return `${(100 * low).toFixed(1)} to ${percent(high)}`;
}

/** 1 -> "1 clip", 2 -> "2 clips" */
export function count(n: number, noun: string): string {
  return `${whole(n)} ${noun}${n === 1 ? '' : 's'}`;
}

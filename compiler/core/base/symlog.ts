// SPDX-License-Identifier: Apache-2.0

/**
 * Where a value lies on an axis that is about linear below a constant and logarithmic above, so that zero has its place.
 * @param value at least 0
 * @param end of the axis
 * @returns 0 .. 1 up to the end, more beyond it
 */
export function symlogPlace(value: number, linear: number, end: number): number {
  return Math.log1p(value / linear) / Math.log1p(end / linear);
}

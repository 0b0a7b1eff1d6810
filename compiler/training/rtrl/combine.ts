// SPDX-License-Identifier: Apache-2.0
/** The one loop that real-time recurrent learning spends its time in. */

/**
 * values[out + j] = sum over terms i of factors[i] * values[rows[i] + j], for j below columns; 0 without terms. The row
 * that is written may be one of the first four that are read.
 */
export function combine(
  values: Float64Array,
  out: number,
  columns: number,
  rows: Int32Array,
  factors: Float64Array,
  terms: number,
): void {
  if (terms === 0) {
    values.fill(0, out, out + columns);
    return;
  }
  // Four rows at once: the sum is loaded and stored a quarter as often. Typed arrays give NaN-free numbers inside their
  // bounds, which the layout keeps; `as number` costs nothing here, where a check would.
  for (let i = 0; i < terms; i += 4) {
    const left = terms - i;
    const f0 = factors[i] as number;
    const f1 = left > 1 ? (factors[i + 1] as number) : 0;
    const f2 = left > 2 ? (factors[i + 2] as number) : 0;
    const f3 = left > 3 ? (factors[i + 3] as number) : 0;
    const r0 = rows[i] as number;
    const r1 = left > 1 ? (rows[i + 1] as number) : r0;
    const r2 = left > 2 ? (rows[i + 2] as number) : r0;
    const r3 = left > 3 ? (rows[i + 3] as number) : r0;
    if (left === 1) {
      if (i === 0) for (let j = 0; j < columns; j++) values[out + j] = f0 * (values[r0 + j] as number);
      else for (let j = 0; j < columns; j++) (values[out + j] as number) += f0 * (values[r0 + j] as number);
      continue;
    }
    for (let j = 0; j < columns; j++) {
      const sum =
        f0 * (values[r0 + j] as number) +
        f1 * (values[r1 + j] as number) +
        f2 * (values[r2 + j] as number) +
        f3 * (values[r3 + j] as number);
      values[out + j] = i === 0 ? sum : (values[out + j] as number) + sum;
    }
  }
}

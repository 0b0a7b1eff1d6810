// SPDX-License-Identifier: Apache-2.0

export type Floats = Float32Array | Float64Array;

/** values[index]; an index outside gives NaN, which no loss survives unnoticed. */
export function at(values: Floats, index: number): number {
  return values[index] ?? Number.NaN;
}

/** target[index] += value. */
export function addAt(target: Floats, index: number, value: number): void {
  target[index] = at(target, index) + value;
}

// SPDX-License-Identifier: Apache-2.0
/** Rows of a matrix whose pruned weights are passed over. */
import { at } from '../arrays.ts';

/** A view: the matrix's values may change between calls, its mask may not. */
export interface SparseRows {
  /** Number of weights of a row that are not pruned. */
  count(row: number): number;
  /** Sum of row times values. */
  dot(row: number, values: Float64Array): number;
  /**
   * Without `into`, target += value * row. With it the target is the row itself: row += value * target's values, the
   * outer product of a gradient.
   */
  addTo(row: number, value: number, target: Float64Array, into?: boolean): void;
}

/** @param mask by weight, 0 where it is pruned; absent: all weights count */
export function rowsOf(matrix: Float64Array, rows: number, columns: number, mask?: Uint8Array): SparseRows {
  return mask === undefined ? denseRows(matrix, columns) : maskedRows(matrix, rows, columns, mask);
}

function denseRows(matrix: Float64Array, columns: number): SparseRows {
  return {
    count: () => columns,
    dot(row, values) {
      let sum = 0;
      for (let i = 0, k = row * columns; i < columns; i++, k++) sum += at(matrix, k) * at(values, i);
      return sum;
    },
    addTo(row, value, target, into = false) {
      const start = row * columns;
      if (into) {
        for (let i = 0; i < columns; i++) matrix[start + i] = at(matrix, start + i) + value * at(target, i);
      } else {
        for (let i = 0; i < columns; i++) target[i] = at(target, i) + value * at(matrix, start + i);
      }
    },
  };
}

function maskedRows(matrix: Float64Array, rows: number, columns: number, mask: Uint8Array): SparseRows {
  const kept = Array.from({ length: rows }, (_, row) => {
    const one = mask.subarray(row * columns, (row + 1) * columns);
    return Int32Array.from([...one.keys()].filter((column) => one[column] !== 0));
  });
  const of = (row: number) => kept[row] ?? new Int32Array(0);
  return {
    count: (row) => of(row).length,
    dot(row, values) {
      let sum = 0;
      for (const column of of(row)) sum += at(matrix, row * columns + column) * at(values, column);
      return sum;
    },
    addTo(row, value, target, into = false) {
      for (const column of of(row)) {
        const k = row * columns + column;
        if (into) matrix[k] = at(matrix, k) + value * at(target, column);
        else target[column] = at(target, column) + value * at(matrix, k);
      }
    },
  };
}

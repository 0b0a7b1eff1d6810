// SPDX-License-Identifier: Apache-2.0
import { addAt, at, type Floats } from '../arrays.ts';

/** A matrix inside a flat array: value [row][column] at offset + row * stride + column. */
export interface MatrixView {
  readonly values: Floats;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
}

/** bias[row] + sum over columns of m[row][column] * u[from + column], into out. */
export function multiply(
  m: MatrixView,
  bias: number,
  u: Floats,
  from: number,
  out: Floats,
  outFrom: number,
): void {
  for (let row = 0; row < m.rows; row++) {
    let sum = at(m.values, bias + row);
    for (let column = 0; column < m.columns; column++) {
      sum += at(m.values, m.offset + row * m.stride + column) * at(u, from + column);
    }
    out[outFrom + row] = sum;
  }
}

/** target[into + column] += sum over rows of m[row][column] * da[from + row]. */
export function multiplyTransposed(
  m: MatrixView,
  da: Floats,
  from: number,
  target: Floats,
  into: number,
): void {
  for (let row = 0; row < m.rows; row++) {
    const d = at(da, from + row);
    for (let column = 0; column < m.columns; column++) {
      addAt(target, into + column, d * at(m.values, m.offset + row * m.stride + column));
    }
  }
}

/** m[row][column] += da[from + row] * u[uFrom + column] and bias[row] += da[from + row]: m lies in the gradients. */
export function addOuter(
  m: MatrixView,
  bias: number,
  da: Floats,
  from: number,
  u: Floats,
  uFrom: number,
): void {
  for (let row = 0; row < m.rows; row++) {
    const d = at(da, from + row);
    addAt(m.values, bias + row, d);
    for (let column = 0; column < m.columns; column++) {
      addAt(m.values, m.offset + row * m.stride + column, d * at(u, uFrom + column));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import { term } from '../../fixed/fixed.ts';
import type { Layer, Matrix } from '../../program/program.ts';

/** A layer with its state and outputs. outputs: int32 that hold Q15 values, except for logits. */
export interface Runner {
  readonly outputs: Int32Array;
  /** What went into the activations at the last step, matrix by matrix: int32. */
  readonly accumulators: readonly Int32Array[];
  reset(): void;
  step(x: Int32Array): void;
}

/** What a cell computes. Its type is the cell's. */
export interface RunnerEntry<L extends Layer = Layer> {
  readonly type: string;
  runner(layer: L): Runner;
}

/** The definition, which sparse.ts does faster. acc[row] = bias[row] + sum of term(code, u[column]); fits int32 by the compiler's proof (Matrix.min, max). */
export function multiply(matrix: Matrix, u: Int32Array, acc: Int32Array): void {
  const { rows, columns, codes, bias } = matrix;
  for (let row = 0; row < rows; row++) {
    let sum = bias[row] ?? 0;
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      sum = (sum + term(codes[at] ?? 0, u[column] ?? 0)) | 0;
    }
    acc[row] = sum;
  }
}

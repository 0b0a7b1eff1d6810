// SPDX-License-Identifier: Apache-2.0
import { cellOf, matricesOf } from './cells/index.ts';
import type { Matrix, Program } from './program.ts';
import { featureRange, type Range, rowRanges } from './range.ts';

/** One matrix of a program with the ranges that its weights can reach. */
export interface MatrixRanges {
  readonly layer: number;
  /** As matricesOf names it. */
  readonly gate: string;
  readonly matrix: Matrix;
  readonly ranges: readonly Range[];
}

/** Follows the ranges through a program; the last element of `outputs` belongs to the logits. */
export function programRanges(program: Pick<Program, 'frontend' | 'layers'>): {
  matrices: MatrixRanges[];
  outputs: Range[][];
} {
  const matrices: MatrixRanges[] = [];
  const outputs: Range[][] = [];
  const feature = featureRange(program.frontend !== null);
  let inputs = Array.from({ length: program.layers[0]?.inputs ?? 0 }, () => feature);
  program.layers.forEach((layer, index) => {
    const cell = cellOf(layer);
    const columns = [...inputs, ...cell.states(layer)];
    const own = matricesOf(layer).map(
      ({ gate, matrix }): MatrixRanges => ({
        layer: index,
        gate,
        matrix,
        ranges: rowRanges(matrix, columns),
      }),
    );
    matrices.push(...own);
    inputs = cell.outputs(layer, own.length === 0 ? [inputs] : own.map(({ ranges }) => ranges));
    outputs.push(inputs);
  });
  return { matrices, outputs };
}

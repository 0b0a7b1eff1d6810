// SPDX-License-Identifier: Apache-2.0
/** The packed kernel's constants as C arrays. */
import { hex } from '../../../core/base/hex.ts';
import { CODE_ZERO } from '../../../core/fixed/fixed.ts';
import { cellOf, matricesOf } from '../../../core/program/cells/index.ts';
import type { Layer } from '../../../core/program/program.ts';
import { type ArrayView, alignedRows, annotatedRows, blockComment } from '../../text/c-array.ts';
import { cComment, grouped } from '../../text/c-text.ts';
import type { LayerTables } from '../kernel.ts';
import { type OwnTables, ownTables } from './cells.ts';
import { packedParts, rowsOf } from './codes.ts';

export function packedTables(layer: Layer, index: number, before: Layer | null): LayerTables {
  const own = ownTables(layer, before);
  if (own !== null) return ownArrays(layer, index, own);
  const codes = matricesOf(layer).length === 0 ? null : codesArray(layer, index);
  const bias = biasArray(layer, index);
  const arrays = [codes, bias].filter((array) => array !== null);
  return { arrays, codes: codes?.name ?? 'NULL', bias: bias?.name ?? 'NULL' };
}

/** Weights in bytes, and the constants with the thresholds behind them. */
function ownArrays(layer: Layer, index: number, { weights, constants }: OwnTables): LayerTables {
  const name = cComment(layer.name);
  const thresholds = [...(cellOf(layer).thresholds?.(layer) ?? [])];
  const values = [...constants, ...thresholds].map(String);
  const arrays: ArrayView[] = [
    {
      comment: blockComment([`${name}: weights, column by column.`]),
      type: weights instanceof Int8Array ? 'int8_t' : 'uint16_t',
      name: `layer${index}_weights`,
      length: weights.length,
      rows: alignedRows(Array.from(weights, String)),
    },
    {
      comment: blockComment([
        `${name}: ${constants.length} biases and constants, then ${thresholds.length} thresholds in Q15.`,
      ]),
      type: 'int32_t',
      name: `layer${index}_bias`,
      length: values.length,
      rows: alignedRows(values),
    },
  ];
  return { arrays, codes: `(const void *)layer${index}_weights`, bias: `layer${index}_bias` };
}

function codesArray(layer: Layer, index: number): ArrayView {
  const matrices = matricesOf(layer);
  const rows = rowsOf(layer);
  const columns = matrices[0]?.matrix.columns ?? 0;
  const nonZero = matrices.reduce(
    (sum, { matrix }) => sum + matrix.codes.filter((code) => code !== CODE_ZERO).length,
    0,
  );
  const lines: string[] = [];
  let length = 0;
  for (const { from, groups } of packedParts(layer)) {
    for (const group of groups) {
      lines.push(`/* columns ${columnSpan(layer, from + group.from, from + group.to)} */`);
      lines.push(
        ...alignedRows(
          Array.from(group.words, (value) => hex(value, 8)),
          6,
        ),
      );
      length += group.words.length;
    }
  }
  return {
    comment: blockComment([
      `${cComment(layer.name)}, weights: ${rows} rows (${rowNames(layer)}) x ${columns} columns (${columnNames(layer)}),`,
      `${grouped(nonZero)} of ${grouped(rows * columns)} not zero, in ${grouped(4 * length)} bytes. 3-bit codes ` +
        `0 +1, 1 +1/2, 2 +1/4, 4 -1, 5 -1/2, 6 -1/4, 3 zero;`,
      'eight columns of four rows are three words (egru_packed_rows.c).',
    ]),
    type: 'uint32_t',
    name: `layer${index}_codes`,
    length,
    rows: lines,
  };
}

function biasArray(layer: Layer, index: number): ArrayView | null {
  const elements: string[] = [];
  const comments: string[] = [];
  const matrices = matricesOf(layer);
  const ranges = matrices.flatMap(({ gate, matrix }) =>
    Array.from(matrix.bias, (bias, row) => {
      elements.push(String(bias));
      return [`${gate === '' ? 'row' : gate}[${row}]`, matrix.min[row] ?? 0, matrix.max[row] ?? 0] as const;
    }),
  );
  const width = Math.max(...ranges.flatMap(([, min, max]) => [String(min).length, String(max).length]));
  const thresholds = [...(cellOf(layer).thresholds?.(layer) ?? [])];
  elements.push(...thresholds.map(String));
  if (elements.length === 0) return null;
  const nameWidth = Math.max(...ranges.map(([name]) => name.length));
  for (const [name, min, max] of ranges) {
    comments.push(
      `${name.padEnd(nameWidth)} ${String(min).padStart(width)} .. ${String(max).padStart(width)}`,
    );
  }
  comments.push(...thresholds.map((_, unit) => `threshold[${unit}]`));
  const behind = `${thresholds.length} thresholds in Q15, one per unit.`;
  const name = `layer${index}_bias`;
  const array = { type: 'int32_t', name, length: elements.length, rows: annotatedRows(elements, comments) };
  if (ranges.length === 0) return { ...array, comment: blockComment([`${cComment(layer.name)}: ${behind}`]) };
  return {
    ...array,
    comment: blockComment([
      `${cComment(layer.name)}, biases: ${ranges.length} int32 in units of 2^-15, one per row; beside each the range of its accumulator`,
      thresholds.length === 0 ? 'over every possible input.' : `over every possible input; then ${behind}`,
    ]),
  };
}

/** "z, then g, 30 each"; "units" */
function rowNames(layer: Layer): string {
  const names = matricesOf(layer).map(({ gate }) => gate);
  return names.length === 1 ? 'units' : `${names.join(', then ')}, ${layer.units} each`;
}

function columnNames(layer: Layer): string {
  const inputs = `${layer.inputs} inputs x`;
  return cellOf(layer).recurrent ? `${inputs}, then ${layer.units} states h` : inputs;
}

/** "x[0] .. x[3]"; "x[63] .. h[2]" */
function columnSpan(layer: Layer, from: number, to: number): string {
  const name = (column: number) => (column < layer.inputs ? `x[${column}]` : `h[${column - layer.inputs}]`);
  return to - from === 1 ? name(from) : `${name(from)} .. ${name(to - 1)}`;
}

// SPDX-License-Identifier: Apache-2.0
/** What a kernel contributes to the generated files. The rest of model.h and model.c is the same for all kernels. */

import { hex } from '../../core/base/hex.ts';
import { type Layer, matricesOf, type Program } from '../../core/program/program.ts';
import { type ArrayView, alignedRows, annotatedRows, blockComment } from '../text/c-array.ts';
import { cComment, grouped } from '../text/c-text.ts';
import { packCodes, packedScratchWords } from './packed/codes.ts';

/** All kernels, the smallest first. */
export const kernelNames = ['packed', 'unrolled'] as const;
/** How a step is computed: `packed` walks tables of 3-bit weights, `unrolled` has an instruction for every weight. */
export type KernelName = (typeof kernelNames)[number];

/** A generated file: its path in the output folder, with `/`, and its text. */
export interface EmittedFile {
  /** Relative to the output folder. */
  readonly path: string;
  readonly text: string;
}

/** A layer's tables, and the C expressions that its descriptor points to them with. */
export interface LayerTables {
  readonly arrays: readonly ArrayView[];
  readonly codes: string;
  readonly bias: string;
}

export interface Kernel {
  readonly name: KernelName;
  /** The C function behind model.step; declared in egru.h or by `declaration` (C, whole lines, with its comment). */
  readonly step: string;
  readonly declaration: string | null;
  /** Words behind the outputs in the state. */
  readonly scratchWords: number;
  tables(layer: Layer, index: number): LayerTables;
  /** Symbols where the work of each layer begins, in order: for measurements. */
  readonly layerSymbols: readonly string[];
  /** Files beside model.h and model.c; without a banner, emit adds it. */
  readonly files: readonly EmittedFile[];
}

/** 3-bit codes in tiles for runtime-c/egru_packed.c. */
export function packedKernel(program: Program): Kernel {
  return {
    name: 'packed',
    step: 'egru_packed_step',
    declaration: null,
    scratchWords: packedScratchWords(program.layers),
    tables: packedTables,
    layerSymbols: program.layers.map(() => 'multiply'),
    files: [],
  };
}

function packedTables(layer: Layer, index: number): LayerTables {
  const codes = codesArray(layer, index);
  const bias = biasArray(layer, index);
  return { arrays: [codes, bias], codes: codes.name, bias: bias.name };
}

function codesArray(layer: Layer, index: number): ArrayView {
  const { rowGroups, columnGroups, halfwords } = packCodes(layer);
  const matrices = matricesOf(layer);
  const rows = matrices.reduce((sum, { matrix }) => sum + matrix.rows, 0);
  const columns = matrices[0]?.matrix.columns ?? 0;
  const nonZero = matrices.reduce(
    (sum, { matrix }) => sum + matrix.codes.filter((code) => code !== 7).length,
    0,
  );
  const perGroup = rowGroups * 3;
  const elements = Array.from(halfwords, (value) => hex(value, 4));
  const lines: string[] = [];
  for (let group = 0; group < columnGroups; group++) {
    lines.push(`/* columns ${columnSpan(layer, group * 4, Math.min(group * 4 + 4, columns))} */`);
    lines.push(...alignedRows(elements.slice(group * perGroup, (group + 1) * perGroup), 3));
  }
  return {
    comment: blockComment([
      `${cComment(layer.name)}, weights: ${rows} rows (${rowNames(layer)}) x ${columns} columns (${columnNames(layer)}),`,
      `${grouped(nonZero)} of ${grouped(rows * columns)} not zero, in ${grouped(halfwords.length * 2)} bytes. 3-bit codes ` +
        `0 +1, 1 +1/2, 2 +1/4, 4 -1, 5 -1/2, 6 -1/4, 7 zero;`,
      `a tile of 4 x 4 is three halfwords, ${rowGroups} of them in a column group (egru_packed.c).`,
    ]),
    type: 'uint16_t',
    name: `layer${index}_codes`,
    length: halfwords.length,
    rows: lines,
  };
}

function biasArray(layer: Layer, index: number): ArrayView {
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
  const nameWidth = Math.max(...ranges.map(([name]) => name.length));
  for (const [name, min, max] of ranges) {
    comments.push(
      `${name.padEnd(nameWidth)} ${String(min).padStart(width)} .. ${String(max).padStart(width)}`,
    );
  }
  return {
    comment: blockComment([
      `${cComment(layer.name)}, biases: ${elements.length} int32 in units of 2^-15, one per row; beside each the range of its accumulator`,
      'over every possible input.',
    ]),
    type: 'int32_t',
    name: `layer${index}_bias`,
    length: elements.length,
    rows: annotatedRows(elements, comments),
  };
}

function rowNames(layer: Layer): string {
  return layer.type === 'egru' ? `z, then g, ${layer.units} each` : `units`;
}

function columnNames(layer: Layer): string {
  return layer.type === 'egru'
    ? `${layer.inputs} inputs x, then ${layer.units} states h`
    : `${layer.inputs} inputs x`;
}

/** "x[0] .. x[3]"; "x[63] .. h[2]" */
function columnSpan(layer: Layer, from: number, to: number): string {
  const name = (column: number) => (column < layer.inputs ? `x[${column}]` : `h[${column - layer.inputs}]`);
  return to - from === 1 ? name(from) : `${name(from)} .. ${name(to - 1)}`;
}

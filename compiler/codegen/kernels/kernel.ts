// SPDX-License-Identifier: Apache-2.0
/** A way to compute a step: what every kernel contributes to the generated files, and what it costs. index.ts lists them. */

import type { Layer, Program } from '../../core/program/program.ts';
import type { ArrayView } from '../text/c-array.ts';
import type { Names } from '../text/names.ts';

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

/** A function that calls through pointers, and the constant table that holds all of its targets. */
export interface IndirectCall {
  readonly caller: string;
  readonly table: string;
}

/** What a kernel adds to the generated files of one program; the rest is the same for all kernels. */
export interface KernelStep {
  /** The C function behind model.step; declared in egru.h or by `declaration` (C, whole lines, with its comment). */
  readonly step: string;
  readonly declaration: string | null;
  tables(layer: Layer, index: number): LayerTables;
  /** Symbols where the work of each layer begins, in order: for measurements. */
  readonly layerSymbols: readonly string[];
  /** What the step calls through pointers: the proof of its stack has to know. */
  readonly indirect: readonly IndirectCall[];
  /** Generated files beside model.h and model.c; without a banner, emit adds it. */
  readonly files: readonly EmittedFile[];
  /** Files that come with cells, as they are. */
  readonly sources: readonly EmittedFile[];
}

/** What one layer takes: bytes of code and constants that are its own, and cycles of a step with zero wait states. */
export interface LayerCost {
  readonly name: string;
  readonly flash: number;
  readonly min: number;
  readonly max: number;
}

export interface Kernel<Name extends string = string> {
  /** As `--kernel` takes it. */
  readonly name: Name;
  /** Sources of the runtime whose names begin so are for this kernel, and for others that name them. */
  readonly runtimePrefixes: readonly string[];
  /** Whether a source of the runtime is of no use to a program, because it is for cells that it does not have. */
  leavesOut?(program: Program, source: string): boolean;
  /** Whether it has code for the cell of a layer. */
  computes(layer: Layer): boolean;
  /** Words behind the outputs in the state. */
  scratchWords(program: Program): number;
  /** @param names of files and of what they define; @throws InputError where the program cannot be expressed */
  step(program: Program, names: Names): KernelStep;
  /** Bytes of code and constants, without descriptors and texts, which all kernels share. */
  flash(program: Program): number;
  /** Bytes of flash that it takes in any case, known at once; 0 where flash() is known at once. */
  leastFlash(program: Program): number;
  /** Cycles of a step with zero wait states, at least and at most. */
  cycles(program: Program): { readonly min: number; readonly max: number };
  /** The same by layer, without what all layers share. */
  layerCosts(program: Program): readonly LayerCost[];
}

// SPDX-License-Identifier: Apache-2.0
import type { Layer } from '../../../../core/program/program.ts';
import type { PlannedRow } from '../plan.ts';
import type { RuntimeFunction } from '../row-table.ts';
import type { Row } from '../rows.ts';
import type { Code } from '../thumb.ts';

/** What a cell writes its part of a layer with. */
export interface LayerWriter {
  readonly code: Code;
  /** Stores a low register in one of the cell's own words. Changes Y, and X or r0, the one that is not stored. */
  storeOwn(register: string, word: number): void;
  /** A register takes the address of the cell's own words. */
  ownAddress(register: string, scratch: string): void;
  /** The row's finished value in a low register, `spare` for those from high ones. */
  lowered(row: PlannedRow, spare: string): string;
  /** A register takes the address of byte `at` of the layer's outputs in the state. */
  outputsPointer(register: string, at: number, scratch: string): void;
  /** A register takes the address of the step's logits. */
  logitsPointer(register: string): void;
  /** A label that no other place has. */
  localLabel(): string;
}

/** A cell in the unrolled kernel: what happens to the rows' accumulators, in assembly and in C. */
export interface UnrolledCell<L extends Layer = Layer> {
  readonly type: string;
  /** Functions of the runtime that it calls, fast: as PlannedLayer has it. */
  runtime(fast: boolean): readonly RuntimeFunction[];
  /** Words for itself, in the stack frame or behind the outputs. */
  frameWords(layer: L): number;
  /** Words behind the outputs for the list of what it sends, where nothing needs it in the next step; absent: none. */
  scratchWords?(layer: L): number;
  /** What a cell sends whose events have a list: values between which it is 0, or changes of a value. Absent: it has none. */
  sends?(layer: L): 'pulses' | 'changes';
  /** Takes the accumulators of a block; rows by slot, so that low registers are free for the high ones' values. */
  block(layer: L, rows: readonly PlannedRow[], writer: LayerWriter): void;
  /** What follows all blocks; null: nothing. */
  readonly finish: ((layer: Layer, writer: LayerWriter, fast: boolean) => void) | null;
  /** Steps whose sums are those of a step before; absent: each step computes all of them. */
  readonly still?: {
    /** What a step goes on from where its sums are the biases. */
    words(layer: L): number[];
    /** As `finish` with fast cells; leaves those words in the cell's own. */
    keep(layer: L, writer: LayerWriter): void;
    /** Goes on from the words at X, in any function's scratch registers; r0 becomes 0 where no state has changed. */
    go(layer: L, writer: LayerWriter): void;
  };
  readonly c: {
    /** Functions that the step calls, once for all layers; null: none. */
    readonly helper: string | null;
    /** Parameters of a block's function where rows go, in the order of arguments. */
    targets(layer: L): readonly string[];
    /** Where one row goes. */
    target(layer: L, row: Row): string;
    /** What is stored there. */
    stored(layer: L, value: string): string;
    /** Arrays of the step beside the outputs, each with its declaration. */
    locals(layer: L): readonly { readonly name: string; readonly declaration: string }[];
    /** The statement behind all blocks, y the outputs and x the inputs; null: none. */
    finish(layer: L, y: string, x: string): string | null;
  };
}

// SPDX-License-Identifier: Apache-2.0
/** Rows of a layer that a generated step does not unroll: their weights are a table, which a function of the runtime reads. */
import type { Code } from './thumb.ts';

export interface TableCost {
  readonly bytes: number;
  readonly cycles: number;
}

/** A function of the runtime, with the bytes of its code and constants. */
export interface RuntimeFunction {
  readonly name: string;
  readonly bytes: number;
}

/** Where a table's rows work. */
export interface TablePlace {
  readonly code: Code;
  /** Of the table's words in flash. */
  readonly symbol: string;
  /** A low register takes the address of the accumulators. */
  accumulators(register: string, scratch: string): void;
  /** A low register takes the address of the words to work in. */
  work(register: string, scratch: string): void;
  localLabel(): string;
}

/** What a table's C needs to know. */
export interface TableNames {
  /** Array of the table's words. */
  readonly data: string;
  /** Inputs as the frame has them, int16. */
  readonly inputs: string;
  /** int32 expressions. */
  readonly accumulators: string;
  readonly work: string;
}

export interface RowTable {
  /** For comments: "sparse". */
  readonly name: string;
  /** The layer's rows in the order of their accumulators. */
  readonly order: readonly number[];
  /** Words of accumulators, and words to work in. */
  readonly accumulatorWords: number;
  readonly workWords: number;
  /** Words of the frame that it reads: the inputs, and what lies behind them. */
  readonly frameWords: number;
  readonly data: Uint32Array;
  /** Calls the runtime for all rows. The inputs begin at the stack pointer; all registers are free. */
  assembly(place: TablePlace): void;
  /** Statements that do the same. */
  c(names: TableNames): readonly string[];
  /** About what it costs without any row, and what each row adds; without what the cell does with the accumulators. */
  readonly fixed: TableCost;
  rowCost(row: number): TableCost;
  /** Stack of the functions that it calls, in bytes. */
  readonly stack: number;
  /** Functions of the runtime that it calls. */
  readonly runtime: readonly RuntimeFunction[];
}

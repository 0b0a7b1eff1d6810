// SPDX-License-Identifier: Apache-2.0
import type { Layer } from '../../../core/program/program.ts';
import type { LayerWriter } from './cells/cell.ts';
import type { Block, PlannedRow } from './plan.ts';
import type { RowTable } from './row-table.ts';
import type { LayerRows } from './rows.ts';
import type { Code, Cost } from './thumb.ts';

/** What a layer that writes its own code works with. */
export interface OwnPlace {
  readonly code: Code;
  /** Prefix of labels: of the step, and of the layer. */
  readonly step: string;
  readonly name: string;
  /** Writes a section. cost: of the step, where the instructions that were written are not all passed once. */
  section(
    label: string,
    body: () => void,
    cost?: (written: Pick<Cost, 'min' | 'max'>) => Pick<Cost, 'min' | 'max'>,
  ): void;
  /** A low register takes the address of a byte of the state. */
  stateBytes(register: string, at: number, scratch: string): void;
  /** Bytes from the start of the state where a layer's outputs are; of -1: null, the features. */
  outputs(layer: number): number | null;
  /** A register takes the address of the step's features. Only in the first layer, before anything else. */
  featuresPointer(register: string): void;
  /** Offsets from the stack pointer of words for pointers. */
  readonly pointers: number;
  /** Bytes from the start of the state where a layer's scratch begins. */
  scratch(layer: number): number;
  /** Stores the accumulators of rows, the low registers first, as the cell has them. */
  store(rows: readonly PlannedRow[]): void;
  /** What the cell makes of them, where it does so behind all rows. */
  finish(): void;
  /** What a cell writes with. */
  writer(): LayerWriter;
  /** As PlannedLayer has it. */
  readonly fast: boolean;
  /** Writes code behind the step's end. */
  behind(body: () => void): void;
  /** Words that jumps go to; others. */
  readonly jumps: OwnData[];
  readonly constants: OwnData[];
}

/** Words in flash: numbers or addresses as the assembler has them. */
export interface OwnData {
  readonly symbol: string;
  readonly words: readonly string[];
}

/** Code of a layer in the place of blocks. */
export interface OwnCode {
  write(place: OwnPlace): void;
}

/** A layer with its schedule: each of its rows is in one block or table. */
export interface PlannedLayer {
  readonly layer: Layer;
  readonly rows: LayerRows;
  readonly blocks: readonly Block[];
  readonly tables: readonly RowTable[];
  /** Whether its cell may have tables of 17 KB where that saves cycles. */
  readonly fast: boolean;
  /** Absent: blocks and tables are what there is. In C a layer has blocks in any case. */
  readonly own?: OwnCode;
}

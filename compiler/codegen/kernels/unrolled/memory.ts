// SPDX-License-Identifier: Apache-2.0
/** Where a generated step keeps what it works with: its stack frame, and words of the state behind all outputs. */
import { stateLayout } from '../../../core/program/layout.ts';
import type { Program } from '../../../core/program/program.ts';
import { unrolledCell } from './cells/index.ts';
import { WIDE_WORDS } from './inputs/wide-values.ts';
import type { PlannedLayer } from './planned-layer.ts';

export interface StepMemory {
  /** Bytes of the stack frame: a layer's inputs, then the words of its cell where they fit. */
  readonly frame: number;
  /** Whether the cells' words are in the frame, behind the inputs. */
  readonly ownOnStack: boolean;
  /** Bytes from the start of the state: the cells' words otherwise, accumulators of tables, words that tables and wide blocks work in. */
  readonly own: number;
  readonly accumulators: number;
  readonly work: number;
  /** The lists of each layer, which it writes and the next one reads. */
  readonly lists: readonly number[];
  /** Whether the frame ends with POINTERS words. */
  readonly pointers: boolean;
  /** Bytes above the stack pointer where the address of wide columns is, or null where there are none. */
  readonly wide: number | null;
  /** Words behind the outputs. */
  readonly scratchWords: number;
}

/** Words for the addresses that a layer with events works with. */
export const POINTERS = 4;

/** Firmware lets a step have 1,024 bytes of stack; this leaves room for saved registers and called functions. */
const MOST_FRAME = 960;

export function stepMemory(program: Program, layers: readonly PlannedLayer[]): StepMemory {
  const inputs = layers.map(frameInputs);
  const owns = layers.map(({ layer }) => unrolledCell(layer).frameWords(layer));
  const pointers = layers.some(({ layer }) => unrolledCell(layer).sends !== undefined);
  const wideColumns = layers.some(hasWide);
  const behind = (pointers ? POINTERS : 0) + (wideColumns ? 1 : 0);
  const frames = [inputs.map((words, i) => words + (owns[i] ?? 0)), inputs].map((words) => {
    const most = Math.max(...words) + behind;
    return 4 * (most + (most & 1));
  });
  const [whole = 0, bare = 0] = frames;
  const ownOnStack = whole <= MOST_FRAME;
  const own = ownOnStack ? 0 : Math.max(...owns);
  const accumulators = Math.max(
    ...layers.map(({ tables }) => tables.reduce((sum, { accumulatorWords }) => sum + accumulatorWords, 0)),
  );
  // Tables come behind all blocks.
  const wide = layers.filter(hasWide).map(({ rows }) => WIDE_WORDS * rows.words);
  const tables = layers.flatMap((layer) => layer.tables.map(({ workWords }) => workWords));
  const work = Math.max(0, ...wide, ...tables);
  const { scratch } = stateLayout(program);
  let words = own + accumulators + work;
  const lists = layers.map(({ layer }) => {
    const at = 4 * (scratch + words);
    words += unrolledCell(layer).scratchWords?.(layer) ?? 0;
    return at;
  });
  const frame = ownOnStack ? whole : bare;
  return {
    ...{ frame, ownOnStack, own: 4 * scratch, wide: wideColumns ? frame - 4 * behind : null },
    accumulators: 4 * (scratch + own),
    work: 4 * (scratch + own + accumulators),
    ...{ lists, pointers, scratchWords: words },
  };
}

/** Words of the frame that hold a layer's inputs. */
export function frameInputs({ rows, tables }: PlannedLayer): number {
  return Math.max(rows.words, ...tables.map(({ frameWords }) => frameWords));
}

/** Whether some block of a layer reads its columns from words of their own. */
export function hasWide({ blocks }: PlannedLayer): boolean {
  return blocks.some(({ wide }) => wide);
}

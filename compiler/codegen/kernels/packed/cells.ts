// SPDX-License-Identifier: Apache-2.0
/** The cells that the packed kernel has code for. */

import { Registry } from '../../../core/base/registry.ts';
import { CODE_ZERO } from '../../../core/fixed/fixed.ts';
import type { DeltaLayer } from '../../../core/program/cells/delta.ts';
import type { DenseLayer } from '../../../core/program/cells/dense.ts';
import type { EgruLayer } from '../../../core/program/cells/egru.ts';
import type { EventEgruLayer } from '../../../core/program/cells/event-egru.ts';
import type { EventGruLayer } from '../../../core/program/cells/event-gru.ts';
import { builtInTypes, cellOf, matricesOf } from '../../../core/program/cells/index.ts';
import type { Layer, Program } from '../../../core/program/program.ts';
import type { EmittedFile } from '../kernel.ts';
import { columnLists } from './columns.ts';

/** A cell in the packed kernel: an egru_packed_finish (runtime-c/network/egru_packed.h), and what it costs. */
export interface PackedCell<L extends Layer = Layer> {
  readonly type: string;
  /** The C function. */
  readonly finish: string;
  /** C files that define it, none where the runtime does. runtime: what its headers have before their names. */
  files(runtime: string): readonly EmittedFile[];
  /** Sources of the runtime beside those of every packed program. */
  readonly runtime?: readonly string[];
  /** Bytes of their code. */
  readonly flash: number;
  /** Cycles for each unit, of a mean input. */
  unitCycles(layer: L): number;
  /** The same where nothing happens, for a cell whose cycles depend on its inputs; absent: unitCycles. */
  leastUnitCycles?(layer: L): number;
  /**
   * Of a cell that multiplies by itself: its weights, and its constants before the thresholds.
   * @param before the layer that gives its inputs; null: the features
   */
  own?(layer: L, before: Layer | null): OwnTables;
  /** Words of a step beside the inputs, of such a cell; absent: 0. */
  scratchWords?(layer: L): number;
}

/** What a cell keeps in flash in the place of codes and biases. */
export interface OwnTables {
  readonly weights: Int8Array | Uint16Array;
  readonly constants: Int32Array;
}

const EVENT_SOURCES = ['egru_packed_event.c', 'egru_packed_event_m0.S'];

/** Two softsigns and the new state. */
const egru: PackedCell<EgruLayer> = {
  type: 'egru',
  finish: 'egru_packed_egru',
  files: () => [],
  flash: 0,
  unitCycles: () => 110,
};

const dense: PackedCell<DenseLayer> = {
  type: 'dense',
  finish: 'egru_packed_dense',
  files: () => [],
  flash: 0,
  unitCycles: ({ activation }) => (activation === 'relu' ? 18 : 7.7),
};

const eventEgru: PackedCell<EventEgruLayer> = {
  type: 'event-egru',
  finish: 'egru_packed_event_egru',
  files: () => [],
  runtime: EVENT_SOURCES,
  flash: 460,
  // Every weight that is not zero, and both softsigns.
  unitCycles: (layer) => 245 + (8 * nonZeroOf(layer) + 125 * (layer.inputs + layer.units)) / layer.units,
  leastUnitCycles: ({ inputs, units }) => 75 + (12 * (inputs + units)) / units,
  own: (layer, before) => ({
    weights: columnLists(layer),
    constants: Int32Array.from([
      ...layer.z.bias,
      ...layer.g.bias,
      before !== null && cellOf(before).pulses?.(before) === true ? 0 : 1,
    ]),
  }),
  scratchWords: ({ units }) => 3 * units,
};

function nonZeroOf(layer: Layer): number {
  const count = (codes: Uint8Array) => codes.filter((code) => code !== CODE_ZERO).length;
  return matricesOf(layer).reduce((sum, { matrix }) => sum + count(matrix.codes), 0);
}

const delta: PackedCell<DeltaLayer> = {
  type: 'delta',
  finish: 'egru_packed_delta',
  files: () => [],
  runtime: EVENT_SOURCES,
  flash: 50,
  unitCycles: () => 26,
};

/** Columns of 3 weights per unit, each of which costs 10 cycles; two sigmoids, a tanh and the new state. */
const eventGru: PackedCell<EventGruLayer> = {
  type: 'event-gru',
  finish: 'egru_packed_event_gru',
  files: () => [],
  runtime: ['egru_packed_event_gru.c'],
  flash: 1200,
  unitCycles: ({ inputs, units }) => 330 + 3 * 11 * (inputs + units) + (40 * (inputs + units)) / units,
  leastUnitCycles: ({ inputs, units }) => 200 + (9 * (inputs + units)) / units,
  own: ({ kernel, recurrent, zoneout }) => ({
    weights: Int8Array.from([...kernel.weights, ...recurrent.weights]),
    // The shifts of runtime-c/network/egru_packed_event_gru.c lead to Q12.
    constants: Int32Array.from([
      ...kernel.bias,
      ...recurrent.bias,
      ...[kernel.shift + 3, recurrent.shift + 3, zoneout],
    ]),
  }),
  scratchWords: ({ units }) => 6 * units,
};

const cells = new Registry<PackedCell>('cell of the packed kernel', [
  egru,
  dense,
  eventEgru,
  delta,
  eventGru,
]);

/** Adds a cell's code, for this thread. @throws Error where its type has some */
export function registerPackedCell<L extends Layer>(cell: PackedCell<L>): void {
  cells.add(cell);
}

export function packedCell({ type }: { readonly type: string }): PackedCell {
  return cells.get(type);
}

export function hasPackedCell({ type }: Layer): boolean {
  return cells.find(type) !== null;
}

/** The packed code of a program's cells that are not built in, each once. */
export function ownPackedCells({ layers }: Program): PackedCell[] {
  const types = new Set(layers.map(({ type }) => type));
  return [...types].filter((type) => !builtInTypes.includes(type)).map((type) => cells.get(type));
}

/** Whether a source of the runtime is for cells that a program has none of. */
export function isForOtherCells({ layers }: Program, source: string): boolean {
  const users = cells.all.filter(({ runtime }) => runtime?.includes(source));
  return users.length > 0 && !users.some((user) => layers.some(({ type }) => type === user.type));
}

/** Weights and constants of a layer that has tables of its own; null: it has codes and biases. */
export function ownTables(layer: Layer, before: Layer | null = null): OwnTables | null {
  return cells.find(layer.type)?.own?.(layer, before) ?? null;
}

export function ownScratchWords(layer: Layer): number {
  return cells.find(layer.type)?.scratchWords?.(layer) ?? 0;
}

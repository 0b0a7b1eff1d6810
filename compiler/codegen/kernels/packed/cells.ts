// SPDX-License-Identifier: Apache-2.0
/** The cells that the packed kernel has code for. */
import { Registry } from '../../../core/base/registry.ts';
import type { DeltaLayer } from '../../../core/program/cells/delta.ts';
import type { DenseLayer } from '../../../core/program/cells/dense.ts';
import type { EgruLayer } from '../../../core/program/cells/egru.ts';
import type { EventEgruLayer } from '../../../core/program/cells/event-egru.ts';
import { builtInTypes } from '../../../core/program/cells/index.ts';
import type { Layer, Program } from '../../../core/program/program.ts';
import type { EmittedFile } from '../kernel.ts';

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
}

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
  runtime: ['egru_packed_event.c'],
  flash: 160,
  unitCycles: () => 120,
};

const delta: PackedCell<DeltaLayer> = {
  type: 'delta',
  finish: 'egru_packed_delta',
  files: () => [],
  runtime: ['egru_packed_event.c'],
  flash: 50,
  unitCycles: () => 26,
};

const cells = new Registry<PackedCell>('cell of the packed kernel', [egru, dense, eventEgru, delta]);

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

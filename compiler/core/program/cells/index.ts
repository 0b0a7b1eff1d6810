// SPDX-License-Identifier: Apache-2.0
/** All cells. Nothing else in the compiler distinguishes them. */
import { Registry } from '../../base/registry.ts';
import type { Layer, Matrix } from '../program.ts';
import type { Cell } from './cell.ts';
import { deltaCell } from './delta.ts';
import { denseCell } from './dense.ts';
import { egruCell } from './egru.ts';
import { eventEgruCell } from './event-egru.ts';
import { eventGruCell } from './event-gru.ts';

/** Those that runtime-c/egru.h names, in the order of its egru_layer_type. */
const builtIn: readonly Cell[] = [egruCell, denseCell];
const cells = new Registry<Cell>('cell', [...builtIn, eventEgruCell, deltaCell, eventGruCell]);

export const builtInTypes: readonly string[] = builtIn.map(({ type }) => type);

/** Adds a cell, for this thread. @throws Error where its type is taken */
export function registerCell<Settings extends object, L extends Layer & Settings>(
  cell: Cell<Settings, L>,
): void {
  cells.add(cell);
}

/** The cell of a layer. */
export function cellOf({ type }: { readonly type: string }): Cell {
  return cells.get(type);
}

export function cellTypes(): readonly string[] {
  return cells.names;
}

/** Every cell's keys in model.json: a key that belongs to another one deserves a better message than an unknown key. */
export function modelKeys(): readonly string[] {
  return cells.all.flatMap((cell) => cell.modelKeys);
}

/** The cells whose layers have a key in model.json. */
export function ownersOf(key: string): readonly string[] {
  return cells.all.filter((cell) => cell.modelKeys.includes(key)).map(({ type }) => type);
}

/** Columns of each of a layer's matrices. */
export function columnsOf({ type, inputs, units }: Pick<Layer, 'type' | 'inputs' | 'units'>): number {
  return cells.get(type).recurrent ? inputs + units : inputs;
}

/** Weights of a layer without its biases. */
export function weightsOf(layer: Pick<Layer, 'type' | 'inputs' | 'units'>): number {
  const cell = cells.get(layer.type);
  return cell.weights?.(layer) ?? cell.gates.length * layer.units * columnsOf(layer);
}

/** A layer's matrices with the names that messages use, in the order of evaluation. */
export function matricesOf(layer: Layer): readonly { readonly gate: string; readonly matrix: Matrix }[] {
  const cell = cells.get(layer.type);
  return cell.matrices(layer).map((matrix, i) => ({ gate: cell.gates[i]?.name ?? '', matrix }));
}

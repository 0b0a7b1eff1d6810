// SPDX-License-Identifier: Apache-2.0
/** The cells that the unrolled kernel has code for. */
import { Registry } from '../../../../core/base/registry.ts';
import type { Layer } from '../../../../core/program/program.ts';
import type { UnrolledCell } from './cell.ts';
import { deltaUnrolled } from './delta.ts';
import { denseUnrolled } from './dense.ts';
import { egruUnrolled } from './egru.ts';
import { eventEgruUnrolled } from './event-egru.ts';

const cells = new Registry<UnrolledCell>('cell of the unrolled kernel', [
  egruUnrolled,
  denseUnrolled,
  eventEgruUnrolled,
  deltaUnrolled,
]);

/** Adds a cell's code, for this thread. @throws Error where its type has some */
export function registerUnrolledCell<L extends Layer>(cell: UnrolledCell<L>): void {
  cells.add(cell);
}

export function unrolledCell({ type }: Layer): UnrolledCell {
  return cells.get(type);
}

export function hasUnrolledCell({ type }: Layer): boolean {
  return cells.find(type) !== null;
}

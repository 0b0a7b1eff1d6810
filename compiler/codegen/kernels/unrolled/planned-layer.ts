// SPDX-License-Identifier: Apache-2.0
import type { Layer } from '../../../core/program/program.ts';
import type { Block } from './plan.ts';
import type { RowTable } from './row-table.ts';
import type { LayerRows } from './rows.ts';

/** A layer with its schedule: each of its rows is in one block or table. */
export interface PlannedLayer {
  readonly layer: Layer;
  readonly rows: LayerRows;
  readonly blocks: readonly Block[];
  readonly tables: readonly RowTable[];
  /** Whether its cell may have tables of 17 KB where that saves cycles. */
  readonly fast: boolean;
}

// SPDX-License-Identifier: Apache-2.0
/**
 * What the packed kernel costs. It is C: its cycles are a linear model that was fitted to measurements of programs of
 * many shapes (arm-none-eabi-gcc 12.2, -O2), which it meets within 0.6 %; SLACK covers other compilers.
 * test/report/estimate.test.ts compares it with the chip.
 */
import { columnsOf, matricesOf } from '../../../core/program/cells/index.ts';
import type { Layer, Program } from '../../../core/program/program.ts';
import { ownPackedCells, ownTables, packedCell } from './cells.ts';
import { biasBytes, codeBytes, packCodes, TILE } from './codes.ts';

/** Bytes of egru.c with the packed step. */
const CODE = 2199;

const CYCLES = {
  step: 78,
  layer: 154,
  /** Two tables of sums for four columns. */
  columnGroup: 358.2,
  /** Four columns that are no neighbours in memory, beside that. */
  mixedGroup: 81,
  /** 4 x 4 weights. */
  tile: 72.8,
  /** An accumulator, rounded up to whole tiles. */
  row: 4.1,
  /** Accumulators behind the last row. */
  padding: 52,
};
const SLACK = 0.03;

export function packedFlash(program: Program): number {
  const own = ownPackedCells(program).reduce((sum, { flash }) => sum + flash, CODE);
  return program.layers.reduce((sum, layer) => sum + codeBytes(layer) + biasBytes(layer), own);
}

export function packedCycles({ layers }: Program): { min: number; max: number } {
  const total = (unit: (layer: Layer) => number) =>
    layers.reduce((sum, layer) => sum + matrixCycles(layer) + unit(layer) * layer.units, CYCLES.step);
  const most = (layer: Layer) => packedCell(layer).unitCycles(layer);
  const least = (layer: Layer) => packedCell(layer).leastUnitCycles?.(layer) ?? most(layer);
  return { min: Math.floor(total(least) * (1 - SLACK)), max: Math.ceil(total(most) * (1 + SLACK)) };
}

/** Of a layer without what its cell does with the accumulators. */
function matrixCycles(layer: Layer): number {
  if (rowsOf(layer) === 0) return CYCLES.layer;
  const { columnGroups, rowGroups } = packCodes(layer);
  return (
    CYCLES.layer +
    CYCLES.columnGroup * columnGroups +
    CYCLES.mixedGroup * mixedGroups(layer) +
    CYCLES.tile * columnGroups * rowGroups +
    CYCLES.row * 4 * rowGroups +
    (rowsOf(layer) % TILE === 0 ? 0 : CYCLES.padding)
  );
}

/** Rows that the kernel multiplies: none of a cell that does so by itself. */
function rowsOf(layer: Layer): number {
  if (ownTables(layer) !== null) return 0;
  return matricesOf(layer).reduce((sum, { matrix }) => sum + matrix.rows, 0);
}

/** Groups of four columns that hold inputs and states, or end behind the last column (four_at in egru_packed.c). */
function mixedGroups(layer: Layer): number {
  const columns = columnsOf(layer);
  const ends = [layer.inputs, columns].filter((end) => end % TILE !== 0);
  return new Set(ends.map((end) => Math.floor(end / TILE))).size;
}

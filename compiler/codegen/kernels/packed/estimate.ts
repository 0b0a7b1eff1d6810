// SPDX-License-Identifier: Apache-2.0
/**
 * What the packed kernel costs. It is C: its cycles are a linear model that was fitted to measurements of programs of
 * many shapes (arm-none-eabi-gcc 12.2, -O2), which it meets within 0.5 %; SLACK covers other compilers.
 * test/report/estimate.test.ts compares it with the chip.
 */
import type { Program } from '../../../core/program/program.ts';
import { ownPackedCells, packedCell } from './cells.ts';
import { biasBytes, packCodes } from './codes.ts';

/** Bytes of egru.c with the packed step. */
const CODE = 2199;

const CYCLES = {
  step: 240,
  layer: 116,
  /** Two tables of sums for four columns. */
  columnGroup: 357.8,
  /** 4 x 4 weights. */
  tile: 71.2,
  /** An accumulator, rounded up to whole tiles. */
  row: 4.6,
};
const SLACK = 0.03;

export function packedFlash(program: Program): number {
  const own = ownPackedCells(program).reduce((sum, { flash }) => sum + flash, CODE);
  return program.layers.reduce(
    (sum, layer) => sum + packCodes(layer).halfwords.byteLength + biasBytes(layer),
    own,
  );
}

export function packedCycles({ layers }: Program): { min: number; max: number } {
  const cycles = layers.reduce((sum, layer) => {
    const { columnGroups, rowGroups } = packCodes(layer);
    return (
      sum +
      CYCLES.layer +
      CYCLES.columnGroup * columnGroups +
      CYCLES.tile * columnGroups * rowGroups +
      CYCLES.row * 4 * rowGroups +
      packedCell(layer).unitCycles(layer) * layer.units
    );
  }, CYCLES.step);
  return { min: Math.floor(cycles * (1 - SLACK)), max: Math.ceil(cycles * (1 + SLACK)) };
}

// SPDX-License-Identifier: Apache-2.0
/**
 * What the packed kernel costs. It is C: its cycles are a linear model that was fitted to measurements of programs of
 * many shapes (arm-none-eabi-gcc 12.2, -O2), which it meets within 0.5 %; SLACK covers other compilers.
 * test/report/estimate.test.ts compares it with the chip.
 */
import type { Program } from '../../../core/program/program.ts';
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
  /** Two softsigns and the new state. */
  cell: 118,
  relu: 24.3,
  logit: 12.3,
};
const SLACK = 0.03;

export function packedFlash({ layers }: Program): number {
  return layers.reduce((sum, layer) => sum + packCodes(layer).halfwords.byteLength + biasBytes(layer), CODE);
}

export function packedCycles({ layers }: Program): { min: number; max: number } {
  const cycles = layers.reduce((sum, layer) => {
    const { columnGroups, rowGroups } = packCodes(layer);
    const unit =
      layer.type === 'egru' ? CYCLES.cell : layer.activation === 'relu' ? CYCLES.relu : CYCLES.logit;
    return (
      sum +
      CYCLES.layer +
      CYCLES.columnGroup * columnGroups +
      CYCLES.tile * columnGroups * rowGroups +
      CYCLES.row * 4 * rowGroups +
      unit * layer.units
    );
  }, CYCLES.step);
  return { min: Math.floor(cycles * (1 - SLACK)), max: Math.ceil(cycles * (1 + SLACK)) };
}

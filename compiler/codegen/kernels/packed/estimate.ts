// SPDX-License-Identifier: Apache-2.0
/**
 * What the packed kernel costs. Its rows are exact; what is C around them is a linear model that was fitted to
 * measurements of programs of many shapes (arm-none-eabi-gcc 12.2, -O2), which it meets within 0.6 %; SLACK covers other
 * compilers. test/report/estimate.test.ts compares it with the chip.
 */
import type { Layer, Program } from '../../../core/program/program.ts';
import type { LayerCost } from '../kernel.ts';
import { ownPackedCells, packedCell } from './cells.ts';
import { biasBytes, codeBytes, packedParts, ROWS, rowsOf } from './codes.ts';
import { packedRowsCycles } from './rows-cycles.ts';

/** Bytes of egru.c with the packed step. */
const CODE = 2425;

const CYCLES = {
  step: 78,
  layer: 130,
  /** Calls of the rows' function, which keeps registers. */
  part: 55,
  /** An accumulator, rounded up to a multiple of four. */
  row: 4,
};
const SLACK = 0.03;

export function packedFlash(program: Program): number {
  const own = ownPackedCells(program).reduce((sum, { flash }) => sum + flash, CODE);
  return program.layers.reduce((sum, layer) => sum + codeBytes(layer) + biasBytes(layer), own);
}

export function packedCycles({ layers }: Program): { min: number; max: number } {
  const total = (cycles: (layer: Layer) => number) =>
    layers.reduce((sum, layer) => sum + cycles(layer), CYCLES.step);
  return withSlack(total(leastCycles), total(mostCycles));
}

/** Of a layer, the code that all share not counted. */
export function packedLayerCosts({ layers }: Program): LayerCost[] {
  return layers.map((layer) => ({
    ...{ name: layer.name, flash: codeBytes(layer) + biasBytes(layer) },
    ...withSlack(leastCycles(layer), mostCycles(layer)),
  }));
}

function withSlack(least: number, most: number): { min: number; max: number } {
  return { min: Math.floor(least * (1 - SLACK)), max: Math.ceil(most * (1 + SLACK)) };
}

function mostCycles(layer: Layer): number {
  return matrixCycles(layer) + packedCell(layer).unitCycles(layer) * layer.units;
}

function leastCycles(layer: Layer): number {
  const cell = packedCell(layer);
  return matrixCycles(layer) + (cell.leastUnitCycles?.(layer) ?? cell.unitCycles(layer)) * layer.units;
}

/** Of a layer without what its cell does with the accumulators. */
function matrixCycles(layer: Layer): number {
  const rows = ROWS * Math.ceil(rowsOf(layer) / ROWS);
  const parts = packedParts(layer).reduce(
    (all, { columns }) => all + CYCLES.part + packedRowsCycles(rows, columns),
    0,
  );
  return CYCLES.layer + parts + CYCLES.row * rows;
}

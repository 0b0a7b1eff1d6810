// SPDX-License-Identifier: Apache-2.0
/**
 * What a step will cost on the chip, without compiling or running anything. The unrolled kernel's code is ours
 * instruction by instruction, so its cycles are bounds by construction. The packed kernel is C: its figures are a
 * linear model that was fitted to measurements of programs of many shapes (arm-none-eabi-gcc 12.2, -O2), which it
 * meets within 0.5 %; SLACK covers other compilers. test/report/estimate.test.ts compares both with the chip.
 */
import { type KernelName, kernelNames } from '../emit/emit.ts';
import { packCodes } from '../emit/packed.ts';
import { generateUnrolled } from '../kernel/unrolled.ts';
import { type Layer, matricesOf, type Program } from '../program/program.ts';
import { modelRam } from './bench/footprint.ts';

export interface KernelEstimate {
  readonly kernel: KernelName;
  /** Cycles of a step at zero wait states. */
  readonly cyclesMin: number;
  readonly cyclesMax: number;
  /** Bytes of code and constants of kernel and model, without front end and drivers. */
  readonly flash: number;
  /** Bytes of state, features and logits. */
  readonly ram: number;
}

/** Cycles of the packed kernel. */
const PACKED = {
  step: 283,
  layer: 123,
  /** Two tables of sums for four columns. */
  columnGroup: 380,
  /** 4 x 4 weights. */
  tile: 73,
  /** An accumulator, rounded up to whole tiles. */
  row: 8,
  /** Two softsigns and the new state. */
  cell: 101,
  relu: 18.6,
  logit: -0.7,
};
const SLACK = 0.03;

/** Bytes of code beside the model: egru.c with the packed step; egru.c alone; the cell with its softsigns. */
const PACKED_CODE = 2195;
const COMMON_CODE = 357;
const CELL_CODE = 5580;
const LAYER_RECORD = 20;

export function estimateKernel(program: Program, kernel: KernelName): KernelEstimate {
  const ram = modelRam(program, kernel);
  if (kernel === 'packed') {
    const cycles = packedCycles(program);
    return {
      kernel,
      cyclesMin: Math.floor(cycles * (1 - SLACK)),
      cyclesMax: Math.ceil(cycles * (1 + SLACK)),
      flash: PACKED_CODE + packedTables(program) + recordBytes(program),
      ram,
    };
  }
  const { min, max, flash } = generateUnrolled(program);
  const cell = program.layers.some(({ type }) => type === 'egru') ? CELL_CODE : 0;
  return {
    kernel,
    cyclesMin: min,
    cyclesMax: max,
    flash: flash + COMMON_CODE + cell + recordBytes(program),
    ram,
  };
}

/** All kernels, the fastest first. */
export function estimateAll(program: Program): KernelEstimate[] {
  return kernelNames
    .map((kernel) => estimateKernel(program, kernel))
    .sort((a, b) => a.cyclesMax - b.cyclesMax);
}

function packedCycles({ layers }: Program): number {
  return layers.reduce((sum, layer) => {
    const { columnGroups, rowGroups } = packCodes(layer);
    const unit =
      layer.type === 'egru' ? PACKED.cell : layer.activation === 'relu' ? PACKED.relu : PACKED.logit;
    return (
      sum +
      PACKED.layer +
      PACKED.columnGroup * columnGroups +
      PACKED.tile * columnGroups * rowGroups +
      PACKED.row * 4 * rowGroups +
      unit * layer.units
    );
  }, PACKED.step);
}

function packedTables({ layers }: Program): number {
  return layers.reduce((sum, layer) => sum + packCodes(layer).halfwords.byteLength + biasBytes(layer), 0);
}

/** Biases of a layer in the packed kernel. */
export function biasBytes(layer: Layer): number {
  return matricesOf(layer).reduce((sum, { matrix }) => sum + matrix.bias.byteLength, 0);
}

/** Descriptors of the layers, and the texts with their pointers, each a multiple of 4 bytes. */
function recordBytes({ layers, labels, name }: Program): number {
  const text = (value: string) => 4 * Math.ceil((Buffer.byteLength(value) + 1) / 4);
  return labels.reduce((sum, label) => sum + 4 + text(label), LAYER_RECORD * layers.length + text(name));
}

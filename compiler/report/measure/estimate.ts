// SPDX-License-Identifier: Apache-2.0
/**
 * What a step will cost on the chip, without compiling or running anything. The unrolled kernel's code is ours
 * instruction by instruction, so its cycles are bounds by construction. The packed kernel is C: its figures are a
 * linear model that was fitted to measurements of programs of many shapes (arm-none-eabi-gcc 12.2, -O2), which it
 * meets within 0.5 %; SLACK covers other compilers. test/report/estimate.test.ts compares both with the chip.
 */
import { type KernelName, kernelNames } from '../../codegen/emit/emit.ts';
import { kernelFlash, kernelRam } from '../../codegen/emit/footprint.ts';
import { packCodes } from '../../codegen/kernels/packed/codes.ts';
import { generateUnrolled } from '../../codegen/kernels/unrolled/unrolled.ts';
import type { Program } from '../../core/program/program.ts';

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

export function estimateKernel(program: Program, kernel: KernelName): KernelEstimate {
  const flash = kernelFlash(program, kernel);
  const ram = kernelRam(program, kernel);
  if (kernel === 'packed') {
    const cycles = packedCycles(program);
    return {
      kernel,
      cyclesMin: Math.floor(cycles * (1 - SLACK)),
      cyclesMax: Math.ceil(cycles * (1 + SLACK)),
      flash,
      ram,
    };
  }
  const { min, max } = generateUnrolled(program);
  return { kernel, cyclesMin: min, cyclesMax: max, flash, ram };
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

// SPDX-License-Identifier: Apache-2.0
/** What a step will cost on the chip, without compiling or running anything. */
import { kernelFlash, kernelRam } from '../../codegen/emit/footprint.ts';
import { type KernelName, kernelNames, kernelOf } from '../../codegen/kernels/index.ts';
import type { Program } from '../../core/program/program.ts';

export interface KernelEstimate {
  readonly kernel: KernelName;
  /** Cycles of a step at zero wait states. */
  readonly cyclesMin: number;
  readonly cyclesMax: number;
  /** Bytes of code and constants of kernel and model, without feature extractor and drivers. */
  readonly flash: number;
  /** Bytes of state, features and logits. */
  readonly ram: number;
}

export function estimateKernel(program: Program, kernel: KernelName): KernelEstimate {
  const { min, max } = kernelOf(kernel).cycles(program);
  const flash = kernelFlash(program, kernel);
  return { kernel, cyclesMin: min, cyclesMax: max, flash, ram: kernelRam(program, kernel) };
}

/** The kernels that can compute the program, the fastest first. */
export function estimateAll(
  program: Program,
  kernels: readonly KernelName[] = kernelNames,
): KernelEstimate[] {
  return kernels
    .filter((kernel) => program.layers.every(kernelOf(kernel).computes))
    .map((kernel) => estimateKernel(program, kernel))
    .sort((a, b) => a.cyclesMax - b.cyclesMax);
}

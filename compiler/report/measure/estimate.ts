// SPDX-License-Identifier: Apache-2.0
/** What a step will cost on the chip, without compiling or running anything. */
import { kernelFlash, kernelRam } from '../../codegen/emit/footprint.ts';
import {
  fastestKernel,
  type KernelName,
  kernelNames,
  kernelOf,
  kernelWithin,
  mixedBudgets,
  mixedWithin,
} from '../../codegen/kernels/index.ts';
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

export function computes(program: Program, kernel: KernelName): boolean {
  return program.layers.every(kernelOf(kernel).computes);
}

/** Whether kernels that choose can, whatever their size. */
function mixes(program: Program): boolean {
  return computes(program, kernelWithin(1));
}

/** The kernels that can compute the program, the fastest first. */
export function estimateAll(
  program: Program,
  kernels: readonly KernelName[] = kernelNames,
): KernelEstimate[] {
  return kernels
    .filter((kernel) => computes(program, kernel))
    .map((kernel) => estimateKernel(program, kernel))
    .sort((a, b) => a.cyclesMax - b.cyclesMax);
}

/** Those that take at most so many bytes, a mixed one among them where the fastest is too large; the fastest first. */
export function estimatesWithin(program: Program, room: number): KernelEstimate[] {
  const mixed = fastestWithin(program, room);
  const kernels = [...new Set([...kernelNames, ...(mixed === null ? [] : [mixed])])];
  return estimateAll(program, kernels).filter(({ flash }) => flash <= room);
}

/** Bytes beside what a kernel counts: descriptors and texts. */
function recordBytes(program: Program, kernel: KernelName): number {
  return kernelFlash(program, kernel) - kernelOf(kernel).flash(program);
}

/**
 * The kernel with the fewest cycles at worst within so many bytes of kernel and model: the fastest one, or a mixed one
 * where that is too large; null where no generated step is small enough, or can compute the program.
 */
export function fastestWithin(program: Program, room: number): KernelName | null {
  if (!computes(program, fastestKernel)) return null;
  if (kernelFlash(program, fastestKernel) <= room) return fastestKernel;
  if (!mixes(program)) return null;
  const mixed = kernelWithin(room - recordBytes(program, fastestKernel));
  return kernelFlash(program, mixed) <= room ? mixed : null;
}

/** The kernel with the fewest bytes within so many cycles at worst; null where none is that fast. */
export function smallestWithin(program: Program, cycles: number): KernelName | null {
  const bytes = mixes(program) ? mixedWithin(program, cycles) : null;
  const mixed: KernelName[] = bytes === null ? [] : [kernelWithin(bytes)];
  const fitting = [...kernelNames.filter((kernel) => computes(program, kernel)), ...mixed]
    .map((kernel) => estimateKernel(program, kernel))
    .filter(({ cyclesMax }) => cyclesMax <= cycles);
  return fitting.sort((a, b) => a.flash - b.flash)[0]?.kernel ?? null;
}

/**
 * Mixed kernels between the smallest and the fastest step, each faster than the one before.
 * @param onProgress called before each, with the number of those that are done
 */
export function mixedEstimates(
  program: Program,
  count: number,
  onProgress: (done: number) => void = () => {},
): KernelEstimate[] {
  if (!mixes(program)) return [];
  const estimates = mixedBudgets(program, count).map((bytes, i) => {
    onProgress(i);
    return estimateKernel(program, kernelWithin(bytes));
  });
  return estimates.filter(({ flash }, i) => flash !== estimates[i - 1]?.flash);
}

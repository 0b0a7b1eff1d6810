// SPDX-License-Identifier: Apache-2.0
/** All kernels. Nothing else in the compiler distinguishes them: docs/EXTENDING.md shows how one is added. */
import type { Program } from '../../core/program/program.ts';
import type { Kernel } from './kernel.ts';
import { type MixedName, mixedKernel, mixedName } from './mixed/kernel.ts';
import { budgetFor, budgets } from './mixed/plan.ts';
import { packedKernel } from './packed/kernel.ts';
import { sparseKernel } from './sparse/kernel.ts';
import { unrolledKernel } from './unrolled/kernel.ts';
import { planUnrolled } from './unrolled/unrolled.ts';

/** The smallest first. */
const kernels = [packedKernel, sparseKernel, unrolledKernel] as const;

/**
 * How a step is computed: `packed` walks tables of 3-bit weights, `sparse` those of weights that are not zero, `unrolled`
 * has an instruction for every one, `mixed:BYTES` chooses among these for every few rows.
 */
export type KernelName = (typeof kernels)[number]['name'] | MixedName;

/** Names of the kernels that choose nothing. */
export const kernelNames: readonly KernelName[] = kernels.map(({ name }) => name);

/** The kernel whose steps take the fewest cycles. */
export const fastestKernel: KernelName = unrolledKernel.name;

/** The kernel of the fastest step that takes at most so many bytes, or of the smallest one. */
export function kernelWithin(bytes: number): KernelName {
  return `mixed:${Math.max(1, Math.floor(bytes))}`;
}

/** Bytes of the smallest mixed step that takes at most so many cycles; null where none does. */
export function mixedWithin(program: Program, cycles: number): number | null {
  return budgetFor(program, cycles);
}

/** So many sizes of mixed steps, from the smallest to just below the fastest step. */
export function mixedBudgets(program: Program, count: number): number[] {
  return budgets(program, count);
}

/** Makes what estimates and generated steps rest on, which takes seconds for large programs, and is kept. */
export function planSteps(program: Program, onProgress: (share: number) => void): void {
  planUnrolled(program, undefined, onProgress);
}

/** The kernel whose programs take the least flash. */
export const smallestKernel: KernelName = kernels[0].name;

export function kernelOf(name: KernelName): Kernel<KernelName> {
  const mixed = mixedName(name);
  if (mixed !== null) return mixedKernel(mixed);
  const kernel = kernels.find((one) => one.name === name);
  if (kernel === undefined) throw new Error(`there is no kernel ${name}`);
  return kernel;
}

/** A name that comes from elsewhere; null where no kernel has it. */
export function kernelNamed(name: string): KernelName | null {
  return mixedName(name) ?? kernelNames.find((known) => known === name) ?? null;
}

/** Whether a source of the runtime is of no use with this kernel, because it is for others. */
export function belongsToOther(name: KernelName, source: string): boolean {
  const isFor = ({ runtimePrefixes }: Kernel) => runtimePrefixes.some((prefix) => source.startsWith(prefix));
  return !isFor(kernelOf(name)) && kernels.some(isFor);
}

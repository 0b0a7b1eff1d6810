// SPDX-License-Identifier: Apache-2.0

import { type Board, defaultBoard } from '../../boards/boards.ts';
import { type KernelName, planSteps, smallestKernel } from '../../codegen/kernels/index.ts';
import type { Program } from '../../core/program/program.ts';
import { firmwareProgram } from '../../core/quant/detect.ts';
import { Progress } from '../../host/pool/progress.ts';
import type { Executor, MachineName } from '../../machines/execute/executor.ts';
import { ReferenceExecutor } from '../../machines/execute/reference.ts';
import { modelFlash } from '../../machines/firmware/fit.ts';

export type KernelChoice = KernelName | 'auto';

/** Opens a machine for the time that `work` takes. */
export async function withMachine<T>(
  name: MachineName,
  program: Program,
  kernel: KernelChoice,
  work: (machine: Executor) => Promise<T>,
): Promise<T> {
  const machine = await openMachine(name, program, kernel);
  try {
    return await work(machine);
  } finally {
    await machine.close();
  }
}

/**
 * Builds what the machine needs; for the chip the image that `build` writes. What only host and chip need is loaded
 * only for them.
 */
export async function openMachine(
  name: MachineName,
  program: Program,
  choice: KernelChoice,
): Promise<Executor> {
  if (name === 'reference') return new ReferenceExecutor(program);
  const kernel = await chooseKernel(program, choice, defaultBoard);
  return name === 'host'
    ? (await import('../../machines/execute/host.ts')).HostExecutor.create(program, { kernel })
    : (await import('../../machines/execute/chip.ts')).ChipExecutor.create(firmwareProgram(program), {
        kernel,
      });
}

/** all: every kernel that fits the board beside the firmware, the fastest first. */
export async function kernelsOf(
  program: Program,
  choice: KernelChoice | 'all',
  board: Board,
): Promise<KernelName[]> {
  if (choice !== 'all') return [await chooseKernel(program, choice, board)];
  const { estimatesWithin } = await import('../../report/measure/estimate.ts');
  planShown(program);
  const fitting = estimatesWithin(program, roomOf(board));
  return fitting.length === 0 ? [smallestKernel] : fitting.map(({ kernel }) => kernel);
}

/** auto: the fastest kernel that fits the board beside the firmware, mixed if need be, or the smallest where none does. */
export async function chooseKernel(
  program: Program,
  choice: KernelChoice,
  board: Board,
): Promise<KernelName> {
  if (choice !== 'auto') return choice;
  const { fastestWithin } = await import('../../report/measure/estimate.ts');
  planShown(program);
  return fastestWithin(program, roomOf(board)) ?? smallestKernel;
}

/** Parts of the search that progress counts. */
const PARTS = 100;

/** Searches the order of generated code, which estimates and kernels rest on, with progress on a terminal. */
export function planShown(program: Program): void {
  const progress = new Progress('Ordering the instructions');
  try {
    planSteps(program, (share) => progress.update(Math.floor(PARTS * share), PARTS));
  } finally {
    progress.finish();
  }
}

/** Tables of a feature extractor and texts of the region's header: the model's region besides kernel and model. */
const FRONTEND_BYTES = 3 * 1024;

/** Bytes of flash for kernel and model. */
function roomOf(board: Board): number {
  return modelFlash(board) - FRONTEND_BYTES;
}

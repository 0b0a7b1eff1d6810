// SPDX-License-Identifier: Apache-2.0
import type { KernelName } from '../emit/emit.ts';
import type { Executor, ExecutorName } from '../execute/executor.ts';
import { ReferenceExecutor } from '../execute/reference.ts';
import type { Program } from '../program/program.ts';
import { APPLICATION_START, type Board, boards } from '../toolchain/boards.ts';

export type KernelChoice = KernelName | 'auto';

/** Opens a machine for the time that `work` takes. */
export async function withMachine<T>(
  name: ExecutorName,
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

/** Builds what the machine needs. What only host and chip need is loaded only for them. */
export async function openMachine(
  name: ExecutorName,
  program: Program,
  choice: KernelChoice,
): Promise<Executor> {
  if (name === 'reference') return new ReferenceExecutor(program);
  const kernel = await chooseKernel(program, choice, boards.arduino_zero);
  return name === 'host'
    ? (await import('../execute/host.ts')).HostExecutor.create(program, { kernel })
    : (await import('../execute/chip.ts')).ChipExecutor.create(program, { kernel });
}

/** Flash of the firmware beside kernel and model: start-up, drivers, protocol and front end have under 14 KB. */
const FIRMWARE_BYTES = 16 * 1024;

/** all: every kernel that fits the board beside the firmware, the fastest first. */
export async function kernelsOf(
  program: Program,
  choice: KernelChoice | 'all',
  board: Board,
): Promise<KernelName[]> {
  if (choice !== 'all') return [await chooseKernel(program, choice, board)];
  const { estimateAll } = await import('../report/estimate.ts');
  const fitting = estimateAll(program).filter(({ flash }) => flash <= roomOf(board));
  return fitting.length === 0 ? ['packed'] : fitting.map(({ kernel }) => kernel);
}

/** auto: the fastest kernel that fits the board beside the firmware, or the smallest where none does. */
export async function chooseKernel(
  program: Program,
  choice: KernelChoice,
  board: Board,
): Promise<KernelName> {
  if (choice !== 'auto') return choice;
  const { estimateAll } = await import('../report/estimate.ts');
  return estimateAll(program).find(({ flash }) => flash <= roomOf(board))?.kernel ?? 'packed';
}

/** Bytes of flash for kernel and model. */
function roomOf(board: Board): number {
  return board.chip.flashBytes - APPLICATION_START - FIRMWARE_BYTES;
}

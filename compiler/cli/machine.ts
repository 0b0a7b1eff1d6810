// SPDX-License-Identifier: Apache-2.0
import type { KernelName } from '../emit/emit.ts';
import type { Executor, ExecutorName } from '../execute/executor.ts';
import { ReferenceExecutor } from '../execute/reference.ts';
import type { Program } from '../program/program.ts';

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
  const kernel = chooseKernel(program, choice);
  switch (name) {
    case 'reference':
      return new ReferenceExecutor(program);
    case 'host':
      return (await import('../execute/host.ts')).HostExecutor.create(program, { kernel });
    case 'chip':
      return (await import('../execute/chip.ts')).ChipExecutor.create(program, { kernel });
  }
}

export function chooseKernel(_program: Program, choice: KernelChoice): KernelName {
  return choice === 'auto' ? 'packed' : choice;
}

// SPDX-License-Identifier: Apache-2.0
import { defineCellKernels } from './cells.ts';
import { defineEventKernels } from './event-cells.ts';
import { defineMatrixKernels } from './matrix.ts';
import { ModuleBuilder } from './module.ts';

type Kernel = (...parameters: number[]) => void;

/** Parameters of each kernel: matrix.ts, cells.ts and event-cells.ts. */
const NAMES = [
  'multiply',
  'transposed',
  'transposedAdd',
  'weightGradient',
  'biasGradient',
  'reluForward',
  'reluBackward',
  'egruForward',
  'egruBackward',
  'gruForward',
  'gruBackward',
  'eventForward',
  'eventBackward',
  'deltaForward',
] as const;

export type Kernels = Readonly<Record<(typeof NAMES)[number], Kernel>>;

/** The module's bytes: the same for every network. */
export function kernelModule(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  defineMatrixKernels(module);
  defineCellKernels(module);
  defineEventKernels(module);
  return module.bytes();
}

/** Kernels that work on this memory. */
export function instantiate(memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelModule()), { env: { memory } });
  const kernel = (name: string): Kernel => {
    const found = exports[name];
    if (typeof found !== 'function') throw new Error(`the module exports no ${name}`);
    return found as Kernel;
  };
  return Object.fromEntries(NAMES.map((name) => [name, kernel(name)])) as unknown as Kernels;
}

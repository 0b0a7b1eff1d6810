// SPDX-License-Identifier: Apache-2.0

import { CODE_ZERO } from '../../../core/fixed/fixed.ts';
import { matricesOf } from '../../../core/program/cells/index.ts';
import type { Program } from '../../../core/program/program.ts';
import type { Names } from '../../text/names.ts';
import type { Kernel, KernelStep, LayerCost } from '../kernel.ts';
import { hasUnrolledCell, unrolledCell } from './cells/index.ts';
import type { PlannedLayer } from './planned-layer.ts';
import { generateStep, generateUnrolled, planUnrolled } from './unrolled.ts';

/** Bytes of code beside the step: egru.c. */
const COMMON_CODE = 357;

/** Every weight an instruction; descriptors without tables. */
export const unrolledKernel: Kernel<'unrolled'> = {
  name: 'unrolled',
  runtimePrefixes: ['egru_cell_fast', 'egru_event'],
  leavesOut: ({ layers }, source) =>
    source.startsWith('egru_event') && !layers.some((layer) => unrolledCell(layer).sends !== undefined),
  computes: hasUnrolledCell,
  scratchWords: (program) => generateUnrolled(program).scratchWords,
  step: (program, names) => stepOf(program, planUnrolled(program), names),
  flash: (program) => stepFlash(program, planUnrolled(program)),
  // An instruction has two bytes and serves two weights at most.
  leastFlash: ({ layers }) =>
    layers
      .flatMap(matricesOf)
      .reduce((sum, { matrix }) => sum + matrix.codes.filter((code) => code !== CODE_ZERO).length, 0),
  cycles(program) {
    const { min, max } = generateUnrolled(program);
    return { min, max };
  },
  layerCosts: (program) => stepLayerCosts(program, planUnrolled(program)),
};

/** Bytes of a generated step with what it calls. */
export function stepFlash(program: Program, planned: readonly PlannedLayer[]): number {
  const functions = new Map(
    planned.flatMap(({ layer, tables, fast }) =>
      [...unrolledCell(layer).runtime(fast), ...tables.flatMap(({ runtime }) => runtime)].map(
        ({ name, bytes }) => [name, bytes] as const,
      ),
    ),
  );
  const called = [...functions.values()].reduce((sum, bytes) => sum + bytes, 0);
  return generateStep(program, planned).flash + COMMON_CODE + called;
}

/** Of each layer of a generated step: its code and its tables. */
export function stepLayerCosts(program: Program, planned: readonly PlannedLayer[]): LayerCost[] {
  return generateStep(program, planned).layers.map(({ name, bytes, min, max }, index) => {
    const tables = planned[index]?.tables ?? [];
    return { name, flash: tables.reduce((sum, { data }) => sum + data.byteLength, bytes), min, max };
  });
}

/** What a generated step adds to a program's files. */
export function stepOf(program: Program, planned: readonly PlannedLayer[], names: Names): KernelStep {
  const { assembly, c } = generateStep(program, planned, names);
  const own = names.step;
  return {
    step: own,
    declaration: `/* The generated step: ${own}.S on a Cortex-M0+, otherwise ${own}.c. */\negru_step_fn ${own};`,
    tables: () => ({ arrays: [], codes: 'NULL', bias: 'NULL' }),
    layerSymbols: program.layers.map((_, index) => `${own}.layer${index}`),
    indirect: [],
    files: [
      { path: `${own}.S`, text: assembly },
      { path: `${own}.c`, text: c },
    ],
    sources: [],
  };
}

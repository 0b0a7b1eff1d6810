// SPDX-License-Identifier: Apache-2.0
import type { Program } from '../../../core/program/program.ts';
import type { Kernel } from '../kernel.ts';
import { hasUnrolledCell, unrolledCell } from '../unrolled/cells/index.ts';
import { stepFlash, stepLayerCosts, stepOf } from '../unrolled/kernel.ts';
import { generateStep } from '../unrolled/unrolled.ts';
import { planMixed } from './plan.ts';

export type MixedName = `mixed:${number}`;

/** "mixed:BYTES", the bytes a positive integer; null: not the name of such a kernel. */
export function mixedName(name: string): MixedName | null {
  const bytes = /^mixed:([1-9]\d{0,8})$/.exec(name)?.[1];
  return bytes === undefined ? null : `mixed:${Number(bytes)}`;
}

/** Some rows unrolled, some in tables: as fast as so many bytes of code and constants allow. */
export function mixedKernel(name: MixedName): Kernel<MixedName> {
  const plan = (program: Program) => planMixed(program, Number(name.slice(name.indexOf(':') + 1)));
  return {
    name,
    runtimePrefixes: ['egru_cell', 'egru_rows', 'egru_sparse', 'egru_packed_rows'],
    // Rows that are reached by events are in no table.
    computes: (layer) => hasUnrolledCell(layer) && unrolledCell(layer).sends === undefined,
    scratchWords: (program) => generateStep(program, plan(program)).scratchWords,
    step: (program, names) => stepOf(program, plan(program), names),
    flash: (program) => stepFlash(program, plan(program)),
    leastFlash: () => 0,
    cycles(program) {
      const { min, max } = generateStep(program, plan(program));
      return { min, max };
    },
    layerCosts: (program) => stepLayerCosts(program, plan(program)),
  };
}

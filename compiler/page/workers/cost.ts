// SPDX-License-Identifier: Apache-2.0
/** What a program costs on the chip, by the kernels' cycle models: seconds of work, apart from everything else. */
import { smallestKernel } from '../../codegen/kernels/index.ts';
import type { Program } from '../../core/program/program.ts';
import { programLoad } from '../../report/measure/load.ts';
import { scope } from './scope.ts';

scope.onmessage = ({ data }) => {
  const { slot, program } = data as { readonly slot: number; readonly program: Program };
  scope.postMessage({ slot, load: programLoad(program, [smallestKernel]) });
  scope.postMessage({ slot, load: programLoad(program) });
};

// SPDX-License-Identifier: Apache-2.0
/** What a thread of the reference does with a file; see classify.ts and base/pool.ts. */
import { Simulator } from '../../core/sim/simulator.ts';
import { type Classification, classificationOf } from './classification.ts';
import { type ClipProgram, readClip } from './clip-input.ts';

export interface ClassifyInit {
  readonly program: ClipProgram;
  readonly keepLogits: boolean;
}

export default ({ program, keepLogits }: ClassifyInit) => {
  const simulator = new Simulator(program);
  return async (file: string): Promise<Classification> =>
    classificationOf(program, simulator.run(await readClip(program, file)), keepLogits);
};

// SPDX-License-Identifier: Apache-2.0
/** What a thread of the reference does with a file; see classify.ts and base/pool.ts. */
import { Simulator } from '../../core/sim/simulator.ts';
import { type Classification, classificationOf } from './classification.ts';
import { type ClipProgram, openClip } from './clip-input.ts';

export interface ClassifyInit {
  readonly program: ClipProgram;
  readonly keepLogits: boolean;
  readonly digest: boolean;
}

export default ({ program, keepLogits, digest }: ClassifyInit) => {
  const simulator = new Simulator(program);
  return async (file: string): Promise<Classification> => {
    const clip = await openClip(program, file);
    return classificationOf(program, clip, simulator.run(clip.samples, digest), keepLogits);
  };
};

// SPDX-License-Identifier: Apache-2.0
/** What a thread of the reference does with a file; see classify.ts and base/pool.ts. */
import { Simulator } from '../../core/sim/simulator.ts';
import { type ClipProgram, readClip } from './clip-input.ts';
import { type Heard, heard } from './heard.ts';

export interface ClassifyInit {
  readonly program: ClipProgram;
  readonly keepLogits: boolean;
}

export default ({ program, keepLogits }: ClassifyInit) => {
  const simulator = new Simulator(program);
  return async (file: string): Promise<Heard> =>
    heard(program, simulator.run(await readClip(program, file)), keepLogits);
};

// SPDX-License-Identifier: Apache-2.0
/** What the tables of learning from few examples share: traces of recordings, and what is right of them. */
import { Simulator } from '../../../build/dist/core/sim/simulator.js';
import { readClip } from '../../../build/dist/machines/batch/clip-input.js';

/** Examples of each word. */
export const EXAMPLES = 3;

/** A recording as the reference computes it. @param label index of its label, with which it comes back */
export async function traced(program, file, label) {
  const { trace } = new Simulator(program).run(await readClip(program, file), true);
  return { trace, label };
}

/** How many of the clips get their label. */
export const right = (learner, clips) =>
  clips.filter(({ trace, label }) => learner.clip(trace).label === label).length;

/** Percent of recordings, and points. */
export const percent = (part, all) => ((100 * part) / all).toFixed(1);

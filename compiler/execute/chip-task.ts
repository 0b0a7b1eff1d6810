// SPDX-License-Identifier: Apache-2.0
/** What a worker thread does for the chip executor (base/pool.ts): one chip, started once, clip after clip. */
import { type ChipImage, ChipMachine, type ChipStatistics } from './chip-machine.ts';
import type { ClipResult } from './executor.ts';

export interface ChipJob {
  readonly samples: Int16Array;
  readonly trace: boolean;
}

export interface ChipOutcome {
  readonly result: ClipResult;
  /** Of this clip alone; the stack since the start. */
  readonly statistics: ChipStatistics;
}

export default function chipTask(image: ChipImage): (job: ChipJob) => ChipOutcome {
  const machine = new ChipMachine(image);
  return ({ samples, trace }) => {
    machine.restartStatistics();
    const result = machine.runClip(samples, trace);
    return { result, statistics: machine.statistics };
  };
}

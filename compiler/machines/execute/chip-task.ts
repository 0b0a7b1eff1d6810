// SPDX-License-Identifier: Apache-2.0
/** What a worker thread does for the chip executor (base/pool.ts): one chip, started once, clip after clip. */
import { type ChipImage, ChipMachine, type ChipStatistics } from './chip-machine.ts';
import type { ClipResult, StreamResult } from './executor.ts';

export interface ChipJob {
  readonly samples: Int16Array;
  readonly trace: boolean;
  /** Whether the samples are a clip or a stream. */
  readonly stream: boolean;
}

export interface ChipOutcome {
  /** null of a stream. */
  readonly clip: ClipResult | null;
  /** null of a clip. */
  readonly stream: StreamResult | null;
  /** Of this clip alone; the stack since the start. */
  readonly statistics: ChipStatistics;
}

export default function chipTask(image: ChipImage): (job: ChipJob) => ChipOutcome {
  const machine = new ChipMachine(image);
  return (job) => runJob(machine, job);
}

export function runJob(machine: ChipMachine, job: ChipJob): ChipOutcome {
  const { samples, trace } = job;
  machine.restartStatistics();
  const clip = job.stream ? null : machine.runClip(samples, trace);
  const stream = job.stream ? machine.listen(samples, trace) : null;
  return { clip, stream, statistics: machine.statistics };
}

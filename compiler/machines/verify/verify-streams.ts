// SPDX-License-Identifier: Apache-2.0

import type { StreamProgram } from '../../core/program/program.ts';
import type { Executor, StreamResult } from '../execute/executor.ts';
import { compareStream } from './difference.ts';
import { compareAll, type NamedClip, type VerifyOptions, type VerifyReport } from './verify.ts';

export interface StreamVerifyReport extends VerifyReport {
  /** Keywords that the reference detects. */
  readonly events: number;
}

/** Traces of long recordings are large: an hour has a quarter of a gigabyte. */
const BATCH = 4;

/**
 * Runs the same recordings as streams on the reference and on the machines, and compares every integer of every frame:
 * features, layers, voice activity, posteriors, their sums, events.
 */
export async function verifyStreams(
  program: StreamProgram,
  recordings: readonly NamedClip[],
  reference: Executor,
  machines: readonly Executor[],
  options: Pick<VerifyOptions, 'failFast' | 'onProgress'> = {},
): Promise<StreamVerifyReport> {
  let events = 0;
  const report = await compareAll<StreamResult>(recordings, reference, machines, options, {
    batch: BATCH,
    run: (machine, samples, tick) => machine.listen(samples, true, tick),
    compare: (expected, got) => compareStream(program, expected, got),
    onResult: (_, result) => {
      events += result.events.length;
    },
  });
  return { ...report, events };
}

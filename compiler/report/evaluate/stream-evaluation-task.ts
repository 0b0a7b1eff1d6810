// SPDX-License-Identifier: Apache-2.0
/** What a thread of the reference does with a group of files; see stream-evaluation.ts and base/pool.ts. */
import { Stream, type StreamEvent } from '../../core/sim/stream.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';
import {
  type AddedNoise,
  countGroup,
  type GroupCounts,
  type LabelledFile,
  readGroup,
} from './stream-group.ts';

export interface StreamEvaluationInit {
  readonly program: SoundProgram;
  readonly thresholds: readonly number[];
  readonly noise: AddedNoise | null;
}

export default ({ program, thresholds, noise }: StreamEvaluationInit) => {
  const stream = new Stream(program);
  const { frame, hop } = program.frontend;
  const count = program.detect.keywords.length;
  return async (files: readonly LabelledFile[]): Promise<GroupCounts> => {
    const { samples, spans } = await readGroup(program, files, noise);
    const sums = new Int32Array((Math.floor(samples.length / hop) + 1) * count);
    let steps = 0;
    stream.reset();
    const events: StreamEvent[] = stream.push(samples, () => {
      sums.set(stream.detector.sums, steps++ * count);
    });
    if (steps !== Math.floor((samples.length - frame) / hop) + 1) throw new Error('frames were lost');
    return countGroup(program, spans, events, sums.subarray(0, steps * count), thresholds);
  };
};

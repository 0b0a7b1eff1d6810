// SPDX-License-Identifier: Apache-2.0
import { outputsOf } from '../../core/program/program.ts';
import { traceDigest } from '../../core/program/trace-digest.ts';
import type { ClipResult } from '../execute/executor.ts';
import type { Clip, ClipProgram } from './clip-input.ts';
import { hasSpeech } from './speech.ts';

/** Result of one clip on a target. */
export interface Classification {
  /** Index of the label. */
  readonly label: number;
  /** Whether there is anything to classify (speech.ts). */
  readonly speech: boolean;
  /** The readout's integers, one per label. */
  readonly scores: number[];
  /** One list per step; null where not asked for. */
  readonly logits: number[][] | null;
  /** Of the trace; null where none was asked for. */
  readonly digest: string | null;
}

export function classificationOf(
  program: ClipProgram,
  { samples, length }: Clip,
  result: ClipResult,
  keepLogits: boolean,
): Classification {
  const outputs = outputsOf(program);
  const logits = keepLogits
    ? Array.from({ length: result.steps }, (_, step) => [
        ...result.logits.subarray(step * outputs, (step + 1) * outputs),
      ])
    : null;
  const speech = hasSpeech(program, samples, length);
  const digest = result.trace === null ? null : traceDigest(result.trace);
  return { label: result.label, speech, scores: [...result.scores], logits, digest };
}

// SPDX-License-Identifier: Apache-2.0
import { outputsOf, type Program } from '../../core/program/program.ts';
import type { ClipResult } from '../execute/executor.ts';

/** Result of one clip on a target. */
export interface Classification {
  /** Index of the label. */
  readonly label: number;
  /** The readout's integers, one per label. */
  readonly scores: number[];
  /** One list per step; null where not asked for. */
  readonly logits: number[][] | null;
}

export function classificationOf(program: Program, result: ClipResult, keepLogits: boolean): Classification {
  const outputs = outputsOf(program);
  const logits = keepLogits
    ? Array.from({ length: result.steps }, (_, step) => [
        ...result.logits.subarray(step * outputs, (step + 1) * outputs),
      ])
    : null;
  return { label: result.label, scores: [...result.scores], logits };
}

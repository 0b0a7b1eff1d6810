// SPDX-License-Identifier: Apache-2.0

import { outputsOf, type Program } from '../../core/program/program.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { ClipResult, Executor } from '../execute/executor.ts';
import type { ClassifyInit } from './classify-task.ts';
import { type ClipProgram, readClip } from './clip-input.ts';

/** What a machine made of a clip. */
export interface Heard {
  /** Index of the label. */
  readonly label: number;
  /** The readout's integers, one per label. */
  readonly scores: number[];
  /** One list per step; null where not asked for. */
  readonly logits: number[][] | null;
}

export interface ClassifyOptions {
  readonly keepLogits?: boolean;
  /** Called with the number of clips done. */
  readonly onDone?: (done: number) => void;
}

export function heard(program: Program, result: ClipResult, keepLogits: boolean): Heard {
  const outputs = outputsOf(program);
  const logits = keepLogits
    ? Array.from({ length: result.steps }, (_, step) => [
        ...result.logits.subarray(step * outputs, (step + 1) * outputs),
      ])
    : null;
  return { label: result.label, scores: [...result.scores], logits };
}

/** The reference simulator on all cores. Results in the order of the files. */
export function classifyOnReference(
  program: ClipProgram,
  files: readonly string[],
  { keepLogits = false, onDone }: ClassifyOptions = {},
): Promise<Heard[]> {
  const task = siblingModule('classify-task', import.meta.url);
  return mapParallel<ClassifyInit, string, Heard>(task, { program, keepLogits }, files, onDone);
}

/** Clips that are read before they are run: bounds the memory that PCM takes. */
const BATCH = 256;

/** Any machine; it gets the clips in batches. */
export async function classifyOn(
  executor: Executor,
  program: ClipProgram,
  files: readonly string[],
  { keepLogits = false, onDone = () => {} }: ClassifyOptions = {},
): Promise<Heard[]> {
  const results: Heard[] = [];
  let done = 0;
  for (let at = 0; at < files.length; at += BATCH) {
    const clips = files.slice(at, at + BATCH).map((file) => readClip(program, file));
    for (const result of await executor.run(clips, false, () => onDone(++done))) {
      results.push(heard(program, result, keepLogits));
    }
  }
  return results;
}

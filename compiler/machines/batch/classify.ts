// SPDX-License-Identifier: Apache-2.0

import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { Executor } from '../execute/executor.ts';
import { type Classification, classificationOf } from './classification.ts';
import type { ClassifyInit } from './classify-task.ts';
import { type Clip, type ClipProgram, openClip } from './clip-input.ts';

export interface ClassifyOptions {
  readonly keepLogits?: boolean;
  /** Whether the digest of every trace is wanted. */
  readonly digest?: boolean;
  /** Called with the number of clips done. */
  readonly onDone?: (done: number) => void;
}

/** The reference simulator on all cores. Results in the order of the files. */
export function classifyOnReference(
  program: ClipProgram,
  files: readonly string[],
  { keepLogits = false, digest = false, onDone }: ClassifyOptions = {},
): Promise<Classification[]> {
  const task = siblingModule('classify-task', import.meta.url);
  const init = { program, keepLogits, digest };
  return mapParallel<ClassifyInit, string, Classification>(task, init, files, onDone);
}

/** Clips that are read before they are run: bounds the memory that PCM takes. */
const BATCH = 256;

/** Any machine; it gets the clips in batches. */
export async function classifyOn(
  executor: Executor,
  program: ClipProgram,
  files: readonly string[],
  { keepLogits = false, digest = false, onDone = () => {} }: ClassifyOptions = {},
): Promise<Classification[]> {
  const results: Classification[] = [];
  let done = 0;
  for (let at = 0; at < files.length; at += BATCH) {
    const clips: Clip[] = [];
    for (const file of files.slice(at, at + BATCH)) clips.push(await openClip(program, file));
    const sounds = clips.map(({ samples }) => samples);
    for (const [i, result] of (await executor.run(sounds, digest, () => onDone(++done))).entries()) {
      results.push(classificationOf(program, clips[i] as Clip, result, keepLogits));
    }
  }
  return results;
}

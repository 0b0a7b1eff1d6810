// SPDX-License-Identifier: Apache-2.0
/** The events of recordings, each played from the start of a stream. */
import { traceDigest } from '../../core/program/trace-digest.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { Executor } from '../execute/executor.ts';
import type { ListenInit } from './listen-task.ts';
import type { Listened } from './listened.ts';
import { readRecording, type SoundProgram } from './stream-input.ts';

export interface ListenOptions {
  /** Whether the digest of every trace is wanted. */
  readonly digest?: boolean;
  /** Called with the number of files done. */
  readonly onDone?: (done: number) => void;
}

/** The reference on all cores. Results in the order of the files. */
export function listenOnReference(
  program: SoundProgram,
  files: readonly string[],
  { digest = false, onDone }: ListenOptions = {},
): Promise<Listened[]> {
  const task = siblingModule('listen-task', import.meta.url);
  return mapParallel<ListenInit, string, Listened>(task, { program, digest }, files, onDone);
}

/** Recordings are held until they have so many samples together: an hour at 16 kHz, 115 MB. */
const BATCH_SAMPLES = 3600 * 16_000;
const BATCH = 16;

/** Any machine. */
export async function listenOn(
  executor: Executor,
  program: SoundProgram,
  files: readonly string[],
  { digest = false, onDone = () => {} }: ListenOptions = {},
): Promise<Listened[]> {
  const results: Listened[] = [];
  let done = 0;
  for (let at = 0; at < files.length; ) {
    const recordings: Int16Array[] = [];
    for (let held = 0; at < files.length && recordings.length < BATCH && held < BATCH_SAMPLES; at++) {
      const recording = await readRecording(program, files[at] ?? '');
      recordings.push(recording);
      held += recording.length;
    }
    const listened = await executor.listen(recordings, digest, () => onDone(++done));
    for (const { steps, events, trace } of listened) {
      results.push({ steps, events, digest: trace === null ? null : traceDigest(trace) });
    }
  }
  return results;
}

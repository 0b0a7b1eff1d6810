// SPDX-License-Identifier: Apache-2.0
/** The events of recordings, each played from the start of a stream. */
import { traceDigest } from '../../core/program/trace-digest.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { Executor } from '../execute/executor.ts';
import type { ListenInit } from './listen-task.ts';
import type { Listened } from './listened.ts';
import { readRecordings, type SoundProgram } from './stream-input.ts';

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

/** Recordings that are held at once. */
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
  for (let at = 0; at < files.length; at += BATCH) {
    const recordings = await readRecordings(program, files.slice(at, at + BATCH));
    const heard = await executor.listen(recordings, digest, () => onDone(++done));
    results.push(
      ...heard.map(({ steps, events, trace }) => ({
        steps,
        events,
        digest: trace === null ? null : traceDigest(trace),
      })),
    );
  }
  return results;
}

// SPDX-License-Identifier: Apache-2.0
/** The events of recordings, each played from the start of a stream. */
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { Executor, StreamResult } from '../execute/executor.ts';
import { readRecording, type SoundProgram } from './stream-input.ts';

/** The reference on all cores. Results in the order of the files. onDone: called with the number of files done. */
export function listenOnReference(
  program: SoundProgram,
  files: readonly string[],
  onDone?: (done: number) => void,
): Promise<StreamResult[]> {
  const task = siblingModule('listen-task', import.meta.url);
  return mapParallel<SoundProgram, string, StreamResult>(task, program, files, onDone);
}

/** Recordings are held until they have so many samples together: an hour at 16 kHz, 115 MB. */
const BATCH_SAMPLES = 3600 * 16_000;
const BATCH = 16;

/** Any machine. */
export async function listenOn(
  executor: Executor,
  program: SoundProgram,
  files: readonly string[],
  onDone: (done: number) => void = () => {},
): Promise<StreamResult[]> {
  const results: StreamResult[] = [];
  let done = 0;
  for (let at = 0; at < files.length; ) {
    const recordings: Int16Array[] = [];
    for (let held = 0; at < files.length && recordings.length < BATCH && held < BATCH_SAMPLES; at++) {
      const recording = await readRecording(program, files[at] ?? '');
      recordings.push(recording);
      held += recording.length;
    }
    results.push(...(await executor.listen(recordings, false, () => onDone(++done))));
  }
  return results;
}

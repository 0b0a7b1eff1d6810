// SPDX-License-Identifier: Apache-2.0
/** Computes a store of features on all cores; afterwards it is complete, or not there. */
import { statSync } from 'node:fs';
import { InputError } from '../../core/base/errors.ts';
import { quantizeFrontend } from '../../core/quant/frontend.ts';
import { guard, WholeFile } from '../../host/files/files.ts';
import { littleEndian } from '../../host/files/little-endian.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { BuildInit, RecordingFeatures } from './build-task.ts';
import { HEADER_BYTES, type StoreKey, storeHeader } from './store.ts';

/** Bytes of recordings whose features are held at once; features need up to twice as much. */
const BATCH_BYTES = 1 << 26;

/**
 * @param files in the order of the store
 * @param onDone called with the number of files that are done
 * @returns what was wrong with files that are left out: they have no frames
 * @throws InputError where the file cannot be written, or not one recording can be used
 */
export async function buildStore(
  path: string,
  key: StoreKey,
  files: readonly string[],
  onDone: (done: number) => void = () => {},
): Promise<InputError[]> {
  const frontend = quantizeFrontend(key.frontend);
  const task = siblingModule('build-task', import.meta.url);
  const output = new WholeFile(path);
  const problems: InputError[] = [];
  const starts = Int32Array.from({ length: files.length + 1 }, () => 0);
  const energies: Int32Array[] = [];
  try {
    output.write(new Uint8Array(HEADER_BYTES));
    let done = 0;
    for (const batch of batchesOf(files)) {
      const results = await mapParallel<BuildInit, string, RecordingFeatures>(
        task,
        { frontend, microphone: key.microphone ?? null },
        batch,
        (n) => onDone(done + n),
      );
      for (const result of results) {
        if (result.problem !== null) {
          const { subject, problem, where } = result.problem;
          problems.push(new InputError(subject, problem, where));
        }
        output.write(littleEndian(result.features));
        energies.push(result.energy);
        starts[done + 1] = (starts[done] ?? 0) + result.energy.length;
        done++;
      }
    }
    const frames = starts[files.length] ?? 0;
    if (frames === 0) throw problems[0] ?? new InputError(path, 'no recording is as long as a frame');
    for (const energy of energies) output.write(littleEndian(energy));
    output.write(littleEndian(starts));
    output.rewriteStart(storeHeader(key, frames, files.length));
    output.commit();
    return problems;
  } catch (error) {
    output.discard();
    throw error;
  }
}

function batchesOf(files: readonly string[]): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const file of files) {
    const { size } = guard(file, () => statSync(file));
    if (size > room) {
      batches.push([]);
      room = BATCH_BYTES;
    }
    batches.at(-1)?.push(file);
    room -= size;
  }
  return batches;
}

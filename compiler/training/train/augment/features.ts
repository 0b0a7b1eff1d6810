// SPDX-License-Identifier: Apache-2.0
/** Features of many clips on all cores, augmented or not, written to where the engine reads them. */
import { mapParallel, siblingModule } from '../../../host/pool/pool.ts';
import { shared } from '../engine/exchange.ts';
import featuresTask, { type FeaturesInit, type SharedPcm } from './features-task.ts';

/** Up to so many clips threads take longer to start than they save on two cores: measured, 128 clips of a second. */
const FEW = 128;

/** Recordings as the threads share them. */
export function shareRecordings(recordings: readonly Int16Array[]): SharedPcm {
  const starts = new Int32Array(shared(4 * (recordings.length + 1)));
  recordings.forEach(({ length }, i) => {
    starts[i + 1] = (starts[i] ?? 0) + length;
  });
  const samples = new Int16Array(shared(2 * (starts[recordings.length] ?? 0)));
  recordings.forEach((recording, i) => {
    samples.set(recording, starts[i] ?? 0);
  });
  return { samples, starts };
}

/**
 * Renews the features of these clips. What a clip becomes depends on seed, round and clip alone, not on the threads.
 * @param clips indices into init.clips and init.features
 */
export async function renewFeatures(
  init: FeaturesInit,
  clips: Int32Array,
  onDone: (done: number) => void = () => {},
): Promise<void> {
  if (clips.length <= FEW) {
    const renew = featuresTask(init);
    clips.forEach((clip, i) => {
      renew(clip);
      onDone(i + 1);
    });
    return;
  }
  await mapParallel<FeaturesInit, number, null>(
    siblingModule('features-task', import.meta.url),
    init,
    [...clips],
    onDone,
  );
}

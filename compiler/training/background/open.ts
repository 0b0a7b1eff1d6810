// SPDX-License-Identifier: Apache-2.0
/** A background as the configuration describes it: its recordings, their features on disk, and its three sets. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { InputError } from '../../core/base/errors.ts';
import type { CaptureRule } from '../../core/microphone/capture.ts';
import type { FrontendDefinition } from '../../core/program/frontend-program.ts';
import { buildStore } from './build.ts';
import type { BackgroundConfig } from './config.ts';
import { Frames } from './frames.ts';
import { listBackground } from './recordings.ts';
import { setsOf } from './sets.ts';
import { FeatureStore } from './store.ts';

export interface OpenedBackground {
  readonly train: Frames;
  /** Chooses weights, window and thresholds. */
  readonly validation: Frames;
  /** Judges; may be empty. */
  readonly test: Frames;
  /** The three of them, in the order of the recordings. */
  readonly all: Frames;
  /** Of the recordings, in their order. */
  readonly names: readonly string[];
  /** SHA-256 of recordings and sets. */
  readonly digest: string;
  /** Files that are left out, if the features were computed now. */
  readonly unusable: readonly InputError[];
}

export interface BackgroundPlaces {
  /** The folder or table. */
  readonly path: string;
  /** File of the features; built where there is none. */
  readonly cache: string;
  /** Builds it again, whatever there is. */
  readonly rebuild: boolean;
  /** Recordings are captured by it; null or undefined: as they are. */
  readonly microphone?: CaptureRule | null;
  /** Where a list of sets lies. */
  readonly listFile: (file: string) => string;
}

/** @throws InputError for what is wrong with the recordings, the cache or the sets */
export async function openBackground(
  config: BackgroundConfig,
  frontend: FrontendDefinition,
  { path, cache, rebuild, microphone = null, listFile }: BackgroundPlaces,
  onDone: (done: number, total: number) => void = () => {},
): Promise<OpenedBackground> {
  const { recordings, digest: list } = listBackground(path, config.fileColumn, config.only);
  const key = { frontend, list, microphone };
  const files = recordings.map(({ file }) => file);
  const unusable =
    rebuild || !existsSync(cache)
      ? await buildStore(cache, key, files, (done) => onDone(done, files.length))
      : [];
  const store = new FeatureStore(cache, key);
  const sets = setsOf(path, recordings, store.starts, config.sets, listFile);
  const digest = createHash('sha256')
    .update(JSON.stringify([list, sets]))
    .digest('hex');
  return {
    train: new Frames(store, sets.train),
    validation: new Frames(store, sets.validation),
    test: new Frames(store, sets.test),
    all: new Frames(store, [{ start: 0, end: store.frames }]),
    names: recordings.map(({ name }) => name),
    digest,
    unusable,
  };
}

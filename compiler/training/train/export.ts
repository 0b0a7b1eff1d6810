// SPDX-License-Identifier: Apache-2.0
/**
 * A training for a trainer elsewhere (models/training/pytorch): features as this one computes them, the label of every
 * step, where the background's windows are, its hard places, and the recipe.
 */
import { relative, resolve } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { frontendDigest } from '../../core/program/digest.ts';
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import { safetensorsHeader, type TensorEntry } from '../../core/weights/safetensors-header.ts';
import { writeFolder } from '../../host/files/files.ts';
import { littleEndian } from '../../host/files/little-endian.ts';
import type { FrameRange } from '../background/frames.ts';
import type { HardPlaces } from '../background/mine.ts';
import { renewFeatures, shareRecordings } from './augment/features.ts';
import type { StepLabels } from './augment/features-task.ts';
import type { Background, BackgroundFeed } from './background/feed.ts';
import type { TrainingConfig } from './config.ts';
import { newClips } from './engine/engine.ts';
import type { Mining } from './run.ts';
import type { TrainingData } from './training-data.ts';

export interface ExportSource {
  readonly config: TrainingConfig;
  readonly data: TrainingData;
  readonly frontend: FrontendProgram;
  /** model.json */
  readonly model: object;
  /** SHA-256 of labels and recordings. */
  readonly digest: string;
  /** null: nothing was mined. */
  readonly mining: Mining | null;
  /** Mixes other sound behind words; null: there is none. */
  readonly feed: BackgroundFeed | null;
  /** Labels of every step of these clips; null: every clip has one. */
  readonly stepLabels: (steps: Int32Array) => StepLabels | null;
}

/**
 * @param round names the augmentation of the clips that train
 * @returns the files; @throws InputError where the configuration has what is not done elsewhere
 */
export async function exportTraining(source: ExportSource, round: number, folder: string): Promise<string[]> {
  const { config, data, frontend, digest, mining } = source;
  if (config.prune !== null) throw new InputError('--export', 'pruning is done by egru train alone', 'prune');
  if (data.computed === true) throw new InputError('--export', 'the dataset is a file of features already');
  const { steps } = config;
  const all = [...data.training, ...data.validation];
  const clips = newClips(all.length, steps, frontend.bins, steps);
  const init = {
    ...{ frontend, steps, rules: null, round, seed: config.seed, features: clips.features },
    clips: shareRecordings(all.map(({ samples }) => samples)),
    backgrounds: shareRecordings(data.backgrounds),
    others: data.training.map((_, i) => i),
    labels: source.stepLabels(clips.labels),
  };
  const count = data.training.length;
  const indices = Int32Array.from(all, (_, i) => i);
  const { feed } = source;
  const mixes = feed !== null && config.augment !== null;
  await renewFeatures({ ...init, rules: config.augment, absolute: mixes }, indices.subarray(0, count));
  if (mixes) feed.mixInto(clips.features.subarray(0, count * steps * frontend.bins), round);
  await renewFeatures(init, indices.subarray(count));
  const part = (from: number, to: number): Uint8Array => {
    const label = (i: number) => ({ label: data.labels[all[i]?.label ?? -1] ?? null });
    const shape = [to - from, steps];
    const metadata = {
      ...{ format: '1', frontendDigest: frontendDigest(config.frontend), dataset: digest },
      ...{ steps: String(steps), bins: String(frontend.bins) },
      clips: JSON.stringify(Array.from({ length: to - from }, (_, i) => label(from + i))),
    };
    const features = clips.features.subarray(from * steps * frontend.bins, to * steps * frontend.bins);
    const labels = clips.labels.subarray(from * steps, to * steps);
    return tensorFile(metadata, [
      [{ name: 'features', dtype: 'I16', shape: [...shape, frontend.bins] }, features],
      ...(init.labels === null ? [] : ([[{ name: 'stepLabels', dtype: 'I32', shape }, labels]] as const)),
    ]);
  };
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return writeFolder(folder, [
    { path: 'model.json', data: json(source.model) },
    { path: 'recipe.json', data: json(recipeOf(config)) },
    { path: 'training.safetensors', data: part(0, count) },
    { path: 'validation.safetensors', data: part(count, all.length) },
    ...(data.background == null
      ? []
      : [
          {
            path: 'background.safetensors',
            data: placesFile(data.background, mining?.places ?? null, folder),
          },
        ]),
  ]);
}

/** Keys and values of models/training/pytorch/recipe.py. */
function recipeOf(config: TrainingConfig): object {
  const { seed, batch, phases, patience, keep, adam, loss, labels, steps, background } = config;
  return {
    ...{ seed, batch, patience, keep: keep ?? 'best', adam, loss, labels, steps },
    phases: phases.map(({ epochs, quantize, schedule: { kind, peak } }) => ({
      ...{ epochs, quantize, schedule: kind, rate: peak },
    })),
    ...(background === undefined ? {} : { background: windowsOf(background) }),
  };
}

function windowsOf({ windows, mined, gain }: Background['config']): object {
  return { windows, mined, gain: [gain.low, gain.high] };
}

function placesFile(
  { train, validation, digest }: Background,
  places: HardPlaces | null,
  folder: string,
): Uint8Array {
  const { store } = train;
  const metadata = {
    ...{ format: '1', digest, list: store.list },
    store: relative(resolve(folder), resolve(store.path)).replaceAll('\\', '/'),
  };
  const ranges = (name: string, list: readonly FrameRange[]) =>
    [
      { name, dtype: 'I32', shape: [list.length, 2] },
      Int32Array.from(list.flatMap(({ start, end }) => [start, end])),
    ] as const;
  const { frames, scores } = places ?? { frames: new Int32Array(), scores: new Int32Array() };
  return tensorFile(metadata, [
    ranges('train', train.ranges),
    ranges('validation', validation.ranges),
    [{ name: 'hardFrames', dtype: 'I32', shape: [frames.length] }, frames],
    [{ name: 'hardScores', dtype: 'I32', shape: [scores.length] }, scores],
  ]);
}

function tensorFile(
  metadata: Readonly<Record<string, string>>,
  tensors: readonly (readonly [TensorEntry, Int16Array | Int32Array])[],
): Uint8Array {
  const header = safetensorsHeader(
    tensors.map(([entry]) => entry),
    metadata,
  );
  return Buffer.concat([header, ...tensors.map(([, values]) => littleEndian(values))]);
}

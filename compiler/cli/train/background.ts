// SPDX-License-Identifier: Apache-2.0
/** `background` of a configuration: hours of sound beside the dataset. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonValue } from '../../core/base/json.ts';
import { findClips } from '../../host/audio/clips.ts';
import { guard } from '../../host/files/files.ts';
import type { Dataset } from '../../training/data/entry.ts';
import { checkLabel, labelsOf } from '../../training/data/labels.ts';
import { inDataset } from '../../training/data/open.ts';
import { peopleAmong } from '../../training/data/synthetic.ts';
import type { Background } from '../../training/train/background/feed.ts';
import type { TrainingConfig } from '../../training/train/config.ts';
import { openBackgroundShown } from '../shared/background.ts';

interface CacheOptions {
  readonly output: string;
  readonly config?: string;
  readonly rebuildCache?: boolean;
}

/** The label that `labels` of the configuration calls background; null: there is none. */
export function backgroundLabel(document: JsonValue): string | null {
  const labels = document.members().get('labels');
  if (typeof labels?.value !== 'object' || labels.value === null) return null;
  return labels.members().get('background')?.text() ?? null;
}

/** The folder of the background, whose recordings are not words; a table names files, which stay where they are. */
export function hoursFolder(dataset: string, document: JsonValue): string[] {
  const path = document.members().get('background')?.members().get('path')?.text();
  if (path === undefined) return [];
  const full = inDataset(dataset, path);
  return guard(full, () => statSync(full)).isDirectory() ? [path] : [];
}

/** Whether no recording of the background is of people. */
export function isSynthetic(dataset: string, document: JsonValue): boolean {
  const folders = hoursFolder(dataset, document).map((path) => inDataset(dataset, path));
  return folders.some((folder) => peopleAmong(folder, findClips([folder])).length === 0);
}

/** With hours of background, its label needs no recordings among the words. */
export function withBackgroundLabel(dataset: Dataset, document: JsonValue): Dataset {
  const stated = document.members().get('background');
  if (stated === undefined || stated.value === null) return dataset;
  const label = backgroundLabel(document);
  if (label === null) return stated.fail('also needs "labels": {"background": LABEL}');
  if (dataset.labels.includes(label)) return dataset;
  checkLabel(label, document.file, 'labels.background');
  return { ...dataset, labels: labelsOf([...dataset.labels, label]) };
}

/** @returns null where the configuration has none */
export async function openHours(
  dataset: string,
  document: JsonValue,
  { background, frontend }: TrainingConfig,
  { output, config: file, rebuildCache }: CacheOptions,
): Promise<Background | null> {
  if (background === undefined) return null;
  const places = {
    path: inDataset(dataset, background.path),
    cache: background.cache ?? `${output.replace(/[\\/]+$/, '')}.background`,
    rebuild: rebuildCache === true,
    listFile: (name: string) => join(dirname(file ?? document.file), name),
  };
  const { train, validation, names, digest } = await openBackgroundShown(background, frontend, places);
  return { config: background, train, validation, names, digest };
}

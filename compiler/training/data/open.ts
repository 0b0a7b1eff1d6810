// SPDX-License-Identifier: Apache-2.0
/** A dataset as its configuration describes it: extra folders, names of labels, backgrounds, the rule of its splits. */
import { realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { findClips } from '../../host/audio/clips.ts';
import { guard } from '../../host/files/files.ts';
import { type DatasetConfig, DEFAULT_SPLIT, type ExtraFolder } from './config.ts';
import { findDataset, nameIn, withSpoken } from './dataset.ts';
import type { Dataset, Entry } from './entry.ts';
import { checkLabel, labelsOf } from './labels.ts';
import { LIST_FIELD } from './lists.ts';
import { renameLabels } from './names.ts';
import type { SplitRule } from './splits.ts';
import { ofPeople, syntheticIn } from './synthetic.ts';

/** By hash, a label with fewer recordings than this could be left without one for validation. */
const FEW = 50;
const SPLIT_OF_FEW: SplitRule = { by: 'rank', validation: 0.25, test: 0 };
/** Nothing evaluates that people have not spoken. */
const SPLIT_OF_SYNTHETIC: SplitRule = { by: 'hash', validation: 0.1, test: 0 };
/** The dataset's own. */
const SPLIT_BY_LISTS: SplitRule = {
  by: 'field',
  field: LIST_FIELD,
  validation: 'validation',
  test: 'testing',
};

/**
 * @param path a folder or a manifest
 * @param others folders of hours of background, relative to the dataset's, whose recordings are not the dataset's
 * @throws InputError where nothing is found or names and labels do not fit together
 */
export function openDataset(path: string, config: DatasetConfig, others: readonly string[] = []): Dataset {
  const apart = [...config.extra.map((folder) => folder.path), ...backgroundsOf(config)];
  const claims = apart.map((folder) => `${guard(folder, () => realpathSync(inDataset(path, folder)))}${sep}`);
  const hours = new Set(others.flatMap((folder) => hoursOf(inDataset(path, folder))));
  const isClaimed = (file: string) => {
    if (hours.has(resolve(file))) return true;
    const real = claims.length === 0 ? '' : guard(file, () => realpathSync(file));
    return claims.some((folder) => real.startsWith(folder));
  };
  const own = findDataset(path, config.pattern, isClaimed, config.columns);
  const extra = config.extra.flatMap((folder) => fromExtra(path, folder));
  // A recording that is listed twice could train and validate.
  const seen = new Set(own.entries.map(({ file }) => resolve(file)));
  for (const { file } of extra) {
    if (seen.has(resolve(file))) {
      throw new InputError(file, 'is listed twice: see dataset.extra and the other places that name it');
    }
    seen.add(resolve(file));
  }
  const entries = [...own.entries, ...extra];
  const labels = extra.length === 0 ? own.labels : labelsOf(entries.map(({ label }) => label));
  return renameLabels({ subject: path, entries, labels }, config.names);
}

function hoursOf(folder: string): string[] {
  return ofPeople(folder, findClips([folder])).map((file) => resolve(file));
}

/** The files of `backgrounds`; none where there is no such folder in the configuration. */
export function findBackgrounds(path: string, config: DatasetConfig): string[] {
  return backgroundsOf(config).flatMap((folder) => findClips([inDataset(path, folder)]));
}

/** The rule that is stated; by default one that leaves recordings for validation even where there are few. */
export function splitRuleOf({ entries, labels }: Dataset, { split }: DatasetConfig): SplitRule {
  if (split !== DEFAULT_SPLIT) return split;
  if (entries.some(({ fields }) => fields.get(LIST_FIELD) !== undefined)) return SPLIT_BY_LISTS;
  const real = entries.filter(({ spoken }) => spoken === undefined);
  if (real.length === 0 && entries.length > 0) return SPLIT_OF_SYNTHETIC;
  const counts = new Map<string, number>();
  for (const { label } of real) counts.set(label, (counts.get(label) ?? 0) + 1);
  const isFew = (label: string) => (counts.get(label) ?? 0) < FEW && counts.has(label);
  return labels.some(isFew) ? SPLIT_OF_FEW : split;
}

function backgroundsOf({ backgrounds }: DatasetConfig): string[] {
  return backgrounds === null ? [] : [backgrounds];
}

function fromExtra(path: string, { path: folder, label, split }: ExtraFolder): readonly Entry[] {
  const root = inDataset(path, folder);
  checkLabel(label, 'dataset.extra');
  const entries = findClips([root]).map(
    (file): Entry => ({
      file,
      name: `${folder.split('\\').join('/')}/${nameIn(root, file)}`,
      label,
      fields: new Map([['label', label]]),
      ...(split === 'rule' ? {} : { only: split }),
    }),
  );
  return withSpoken(entries, syntheticIn(root));
}

/** Paths of the configuration are relative to the folder that holds the dataset. */
export function inDataset(path: string, folder: string): string {
  return join(guard(path, () => statSync(path)).isDirectory() ? path : dirname(path), folder);
}

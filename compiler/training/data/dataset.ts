// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the recordings of a dataset and their labels: a folder per label, files whose names contain it, or a manifest.
 * Only names are read here; recordings.ts opens the files.
 */
import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { byByteOrder } from '../../core/base/byte-order.ts';
import { InputError } from '../../core/base/errors.ts';
import { findClips } from '../../host/audio/clips.ts';
import { patternReader } from '../../host/audio/labels.ts';
import { guard } from '../../host/files/files.ts';
import type { Dataset, Entry } from './entry.ts';
import { checkLabel, labelsOf } from './labels.ts';
import { listReader } from './lists.ts';
import { type ManifestColumns, readManifest } from './manifest.ts';
import { type SpokenIn, syntheticIn } from './synthetic.ts';

/**
 * @param path a folder, or a table with a line per recording
 * @param pattern e.g. "{label}_{speaker}_{index}.wav"; without it the label is the folder that a file lies in
 * @param isClaimed files of a folder that something else needs, and which are left out
 * @param columns of a table
 * @throws InputError where nothing is found, a name does not fit or a label cannot be used
 */
export function findDataset(
  path: string,
  pattern: string | null,
  isClaimed: (file: string) => boolean = () => false,
  columns: ManifestColumns = {},
): Dataset {
  const isFolder = guard(path, () => statSync(path)).isDirectory();
  const files = isFolder ? findClips([path]).filter((file) => !isClaimed(file)) : [];
  const entries = isFolder
    ? pattern === null
      ? fromFolders(path, files)
      : fromNames(path, files, pattern)
    : readManifest(path, columns);
  if (entries.length === 0) throw new InputError(path, 'contains no recording');
  const marked = isFolder ? withSpoken(entries, syntheticIn(path)) : entries;
  const sorted = byByteOrder(marked, ({ name }) => name);
  return { subject: path, entries: sorted, labels: labelsOf(new Set(entries.map(({ label }) => label))) };
}

/** Synthetic recordings are known as such, and evaluate nothing. */
export function withSpoken(entries: readonly Entry[], spokenIn: SpokenIn): readonly Entry[] {
  return entries.map((entry) => {
    const spoken = spokenIn(entry.file);
    return spoken === undefined ? entry : { ...entry, only: entry.only ?? 'no-test', spoken };
  });
}

/** Refuses what cannot be learnt from. */
export function checkTrainable({ subject, entries, labels }: Dataset): void {
  if (labels.length >= 2) return;
  const problem = `all ${entries.length} recordings have the label "${labels[0] ?? ''}"; at least two labels are needed`;
  throw new InputError(subject, problem);
}

function fromFolders(root: string, files: readonly string[]): Entry[] {
  const listed = listReader(root) ?? (() => []);
  return files.map((file) => {
    const name = nameIn(root, file);
    const [label = '', ...rest] = name.split('/');
    if (rest.length === 0) {
      throw new InputError(
        file,
        'lies in no folder that could be its label; use a folder per label, or --pattern',
      );
    }
    return {
      file,
      name,
      label: checkLabel(label, file),
      fields: new Map([['label', label], ...listed(name)]),
    };
  });
}

function fromNames(root: string, files: readonly string[], pattern: string): Entry[] {
  const read = patternReader(pattern, '--pattern');
  if (!pattern.includes('{label}')) throw new InputError('--pattern', `no {label} in ${pattern}`);
  return files.map((file) => {
    const name = nameIn(root, file);
    const fields = read(name);
    if (fields === null) throw new InputError(file, `does not fit the pattern ${pattern}`);
    return { file, name, label: checkLabel(fields.get('label') ?? '', file), fields };
  });
}

/** A file's path below a folder, with `/`. */
export function nameIn(root: string, file: string): string {
  return relative(root, file).split('\\').join('/');
}

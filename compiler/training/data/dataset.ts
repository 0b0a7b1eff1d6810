// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the recordings of a dataset and their labels: a folder per label, files whose names say it, or a manifest. Only
 * names are read here; recordings.ts opens the files.
 */
import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { findClips } from '../../host/audio/clips.ts';
import { patternReader } from '../../host/audio/labels.ts';
import { guard, readLimited } from '../../host/files/files.ts';
import { parseCsv } from './csv.ts';
import type { Dataset, Entry } from './entry.ts';
import { checkLabel, labelsOf } from './labels.ts';

const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

/**
 * @param path a folder, or a CSV file with the columns "file" and "label"
 * @param pattern e.g. "{label}_{speaker}_{index}.wav"; without it the label is the folder that a file lies in
 * @param isClaimed files of a folder that something else needs, and which are left out
 * @throws InputError where nothing is found, a name does not fit or a label cannot be used
 */
export function findDataset(
  path: string,
  pattern: string | null,
  isClaimed: (file: string) => boolean = () => false,
): Dataset {
  const isFolder = guard(path, () => statSync(path)).isDirectory();
  const files = isFolder ? findClips([path]).filter((file) => !isClaimed(file)) : [];
  const entries = isFolder
    ? pattern === null
      ? fromFolders(path, files)
      : fromNames(path, files, pattern)
    : fromManifest(path);
  if (entries.length === 0) throw new InputError(path, 'contains no recording');
  const sorted = entries
    .map((entry) => ({ entry, bytes: Buffer.from(entry.name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ entry }) => entry);
  const labels = labelsOf(sorted.map(({ label }) => label));
  return { subject: path, entries: sorted, labels };
}

/** Refuses what cannot be learnt from. */
export function checkTrainable({ subject, entries, labels }: Dataset): void {
  if (labels.length >= 2) return;
  const problem = `all ${entries.length} recordings have the label "${labels[0] ?? ''}"; at least two labels are needed`;
  throw new InputError(subject, problem);
}

function fromFolders(root: string, files: readonly string[]): Entry[] {
  return files.map((file) => {
    const name = nameIn(root, file);
    const [label = '', ...rest] = name.split('/');
    if (rest.length === 0) {
      throw new InputError(
        file,
        'lies in no folder that could be its label; use a folder per label, or --pattern',
      );
    }
    return { file, name, label: checkLabel(label, file), fields: new Map([['label', label]]) };
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

/** Paths are relative to the manifest's folder; those that leave it are refused. */
function fromManifest(path: string): Entry[] {
  const text = Buffer.from(readLimited(path, MAX_MANIFEST_BYTES)).toString();
  const folder = dirname(path);
  const seen = new Set<string>();
  return parseCsv(path, text).map(({ line, fields }) => {
    const [name, label] = [fields.get('file'), fields.get('label')];
    if (name === undefined || label === undefined) {
      throw new InputError(path, 'a manifest has the columns "file" and "label"', 'line 1');
    }
    const file = join(folder, name);
    const way = relative(folder, file).split(/[/\\]/);
    if (name === '' || isAbsolute(name) || way[0] === '..') {
      throw new InputError(path, `"${name}" is not a file below the manifest's folder`, `line ${line}`);
    }
    if (seen.has(file)) throw new InputError(path, `"${name}" is listed twice`, `line ${line}`);
    seen.add(file);
    return { file, name: way.join('/'), label: checkLabel(label, path), fields };
  });
}

/** A file's path below a folder, with `/`. */
export function nameIn(root: string, file: string): string {
  return relative(root, file).split('\\').join('/');
}

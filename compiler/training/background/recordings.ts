// SPDX-License-Identifier: Apache-2.0
/** The recordings of a background, in an order that does not depend on the machine. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { InputError } from '../../core/base/errors.ts';
import { findClips } from '../../host/audio/clips.ts';
import { guard } from '../../host/files/files.ts';
import { nameIn } from '../data/dataset.ts';
import type { Fields } from '../data/entry.ts';
import { readManifest } from '../data/manifest.ts';
import { ofPeople } from '../data/synthetic.ts';

export interface BackgroundRecording {
  readonly file: string;
  /** Below the folder or beside the table, with `/`. */
  readonly name: string;
  /** Columns of the table; of a folder none. */
  readonly fields: Fields;
}

export interface BackgroundList {
  readonly recordings: readonly BackgroundRecording[];
  /** SHA-256 of names and sizes: what a store of features belongs to. */
  readonly digest: string;
}

export interface RowFilter {
  readonly column: string;
  readonly values: readonly string[];
}

/**
 * @param path a folder, at any depth, or a table with a row for each recording
 * @param fileColumn of a table; undefined: the usual names
 * @throws InputError where there is nothing
 */
export function listBackground(
  path: string,
  fileColumn: string | undefined,
  only: RowFilter | null,
): BackgroundList {
  const isFolder = guard(path, () => statSync(path)).isDirectory();
  const all = isFolder ? fromFolder(path) : fromTable(path, fileColumn);
  const recordings = only === null ? all : all.filter((recording) => isWanted(path, recording, only));
  if (recordings.length === 0) throw new InputError(path, 'contains no recording of background');
  const hash = createHash('sha256');
  for (const { file, name } of recordings) {
    hash.update(JSON.stringify([name, guard(file, () => statSync(file)).size]));
  }
  return { recordings, digest: hash.digest('hex') };
}

function fromFolder(path: string): BackgroundRecording[] {
  return ofPeople(path, findClips([path])).map((file) => ({
    file,
    name: nameIn(path, file),
    fields: new Map<string, string>(),
  }));
}

function fromTable(path: string, fileColumn: string | undefined): BackgroundRecording[] {
  const rows = readManifest(path, { file: fileColumn }, false);
  return rows.map(({ file, name, fields }) => ({ file, name, fields }));
}

function isWanted(
  path: string,
  { name, fields }: BackgroundRecording,
  { column, values }: RowFilter,
): boolean {
  const value = fields.get(column);
  if (value === undefined) {
    const known = [...fields.keys()].slice(0, 8).join(', ') || 'none';
    throw new InputError(path, `${name} has no column "${column}"; it has ${known}`, 'background.only');
  }
  return values.includes(value);
}

// SPDX-License-Identifier: Apache-2.0
/** A dataset that is a table with a line per recording. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { quote } from '../../core/base/json.ts';
import { readLimited } from '../../host/files/files.ts';
import type { Entry, Fields } from './entry.ts';
import { checkLabel } from './labels.ts';
import { type Columns, decodeText, parseTable, type Wanted } from './table.ts';

const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

/** Which columns name the recording and its label: by name or number, from 1; undefined: by the usual names. */
export interface ManifestColumns {
  readonly file?: string | undefined;
  readonly label?: string | undefined;
}

/** Usual names, upper or lower case. Mozilla Common Voice: `path` and `sentence`. */
const FILE_NAMES = [
  'file',
  'path',
  'filename',
  'file_name',
  'filepath',
  'file_path',
  'audio',
  'wav',
  'clip',
  'fname',
  'wav_filename',
];
const LABEL_NAMES = ['label', 'class', 'keyword', 'word', 'sentence', 'text', 'transcript'];
/** Where Common Voice keeps the files of its tables. */
const CLIPS = 'clips';

/** A row's fields by column: the names are kept once for all rows. */
class Row implements Fields {
  readonly #columns: Columns;
  readonly #values: readonly string[];

  constructor(columns: Columns, values: readonly string[]) {
    this.#columns = columns;
    this.#values = values;
  }

  get(name: string): string | undefined {
    const index = this.#columns.get(name);
    return index === undefined ? undefined : this.#values[index];
  }

  keys(): Iterable<string> {
    return this.#columns.keys();
  }
}

/**
 * Paths are relative to the manifest's folder, with / or \; absolute ones must lie below it.
 * @param labelled false: no column holds labels, and all are ""
 * @throws InputError with the line
 */
export function readManifest(path: string, chosen: ManifestColumns, labelled = true): Entry[] {
  const text = decodeText(readLimited(path, MAX_MANIFEST_BYTES));
  const wanted: readonly Wanted[] = [
    { chosen: chosen.file, names: FILE_NAMES, option: '--file-column' },
    ...(labelled ? [{ chosen: chosen.label, names: LABEL_NAMES, option: '--label-column' }] : []),
  ];
  const folder = resolve(dirname(path));
  const seen = new Set<string>();
  const labels = new Set<string>();
  const entries: Entry[] = [];
  let columns: Columns = new Map();
  let [fileColumn, labelColumn] = [0, 0];
  let prefix: string | null = null;
  parseTable(
    path,
    text,
    wanted,
    (head, [file = 0, label = -1]) => {
      columns = head;
      [fileColumn, labelColumn] = [file, label];
    },
    (values, line) => {
      const [written = '', label = ''] = [values[fileColumn], values[labelColumn]];
      const place = `line ${line}`;
      const name = nameBelow(folder, written);
      if (name === null) {
        throw new InputError(path, `${quote(written)} is not a file below the manifest's folder`, place);
      }
      if (seen.has(name)) throw new InputError(path, `${quote(written)} is listed twice`, place);
      seen.add(name);
      if (labelled && !labels.has(label)) labels.add(checkLabel(label, path, place));
      prefix ??= join(dirname(path), rootOf(folder, name), '/');
      entries.push({ file: `${prefix}${name}`, name, label, fields: new Row(columns, values) });
    },
  );
  return entries;
}

/** A path as it is written, relative to the folder and with /; null where it is empty or leaves the folder. */
function nameBelow(folder: string, written: string): string | null {
  // Most are plain; of a million, each takes a tenth of the time.
  if (/^(?:[^/\\:.][^/\\:]*\/)*[^/\\:.][^/\\:]*$/.test(written)) return written;
  const path = written.replaceAll('\\', '/');
  if (path === '' || /^[A-Za-z]:/.test(path)) return null;
  const name = relative(folder, isAbsolute(path) ? path : join(folder, path));
  return name === '' || name === '..' || name.startsWith('../') ? null : name;
}

/** The folder below the manifest's that its paths start from: `clips` where the first recording lies there alone. */
function rootOf(folder: string, first: string): string {
  return !existsSync(join(folder, first)) && existsSync(join(folder, CLIPS, first)) ? CLIPS : '';
}

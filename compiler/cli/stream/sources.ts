// SPDX-License-Identifier: Apache-2.0
/** The recordings of an evaluation with where each comes from: a column of a table, or the folder it lies in. */
import { statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { quote } from '../../core/base/json.ts';
import { labelIndex } from '../../host/audio/labels.ts';
import { guard } from '../../host/files/files.ts';
import { readManifest } from '../../training/data/manifest.ts';
import type { EvalOptions } from '../shared/eval-options.ts';

export interface SourcedFile {
  readonly file: string;
  readonly source: string;
  /** What a table states; undefined: nothing does. */
  readonly label?: string;
}

type TableOptions = Pick<EvalOptions, 'fileColumn' | 'labelColumn' | 'sourceColumn'>;

/** Names of files that are taken for tables; recordings may have any other name. */
const TABLE_NAME = /\.(?:csv|tsv)$/i;

/**
 * What the arguments of a command stand for: folders and recordings as they are, tables by their rows.
 * @returns paths to be looked through, and what is known about them by file
 * @throws InputError for a table that cannot be read, or options without one
 */
export function openSources(
  audio: readonly string[],
  options: TableOptions,
): { readonly paths: readonly string[]; readonly rows: ReadonlyMap<string, SourcedFile> } {
  const rows = new Map<string, SourcedFile>();
  const paths = audio.flatMap((path) => {
    if (guard(path, () => statSync(path)).isDirectory() || !TABLE_NAME.test(path)) return [path];
    const files = fromTable(path, options);
    for (const file of files) rows.set(file.file, file);
    return files.map(({ file }) => file);
  });
  const [option] = (['fileColumn', 'labelColumn', 'sourceColumn'] as const).filter(
    (name) => options[name] !== undefined,
  );
  if (option !== undefined && rows.size === 0) {
    const flag = `--${option.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new InputError(flag, 'names a column of a table; give a .csv or .tsv file');
  }
  return { paths, rows };
}

function fromTable(path: string, { fileColumn, labelColumn, sourceColumn }: TableOptions): SourcedFile[] {
  const labelled = labelColumn !== undefined;
  const entries = readManifest(path, { file: fileColumn, label: labelColumn }, labelled);
  return entries.map(({ file, name, label, fields }) => {
    const folder = dirname(name) === '.' ? basename(path) : dirname(name);
    const source = sourceColumn === undefined ? folder : fields.get(sourceColumn);
    if (source === undefined) {
      const known = [...fields.keys()].slice(0, 8).map(quote).join(', ');
      throw new InputError(
        path,
        `has no column ${quote(sourceColumn ?? '')}; it has ${known}`,
        '--source-column',
      );
    }
    return { file, source, ...(labelled ? { label } : {}) };
  });
}

/**
 * Where a file comes from: below one argument the first folder, below several the argument and that folder.
 * @param audio the arguments
 */
export function folderOf(audio: readonly string[], file: string): string {
  const root = audio.find((path) => {
    const way = relative(resolve(path), resolve(file));
    return way === '' || !way.startsWith('..');
  });
  if (root === undefined || resolve(root) === resolve(file)) return basename(dirname(resolve(file)));
  const [first = '', ...rest] = relative(resolve(root), resolve(file)).split(/[\\/]/);
  const name = basename(resolve(root));
  if (rest.length === 0) return name;
  return audio.length === 1 ? first : `${name}/${first}`;
}

/** The label of a table as an index. */
export function statedTruth(labels: readonly string[], label: string): number | null {
  return labelIndex(labels, label);
}

// SPDX-License-Identifier: Apache-2.0

import { printable } from '../../core/base/errors.ts';
import { grouped, textColumn } from '../../report/table/table.ts';
import { tableLines } from '../terminal/table.ts';

export function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** 1 -> "1 clip", 2 -> "2 clips" */
export function count(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** A blank line and a table of the files' digests; nothing where none was asked for. */
export function digestLines(
  files: readonly { readonly file: string; readonly digest?: string }[],
): readonly string[] {
  const rows = files.flatMap(({ file, digest }) => (digest === undefined ? [] : [[digest, file]]));
  if (rows.length === 0) return [];
  const columns = [textColumn('sha256 of its trace'), textColumn('file', { shrinks: true })];
  return ['', ...tableLines({ columns, rows })];
}

/** A path as a shell takes it. */
export function shellWord(text: string): string {
  const word = printable(text);
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** "build/x: a.c, a.h, Makefile, egru/ (18 files)": files by the folders below the one that was written. */
export function fileList(folder: string, names: readonly string[]): string {
  const below = new Map<string, number>();
  const own: string[] = [];
  for (const name of names) {
    const [first = '', ...rest] = name.split('/');
    if (rest.length === 0) own.push(first);
    else below.set(first, (below.get(first) ?? 0) + 1);
  }
  const folders = [...below].map(([name, files]) => `${name}/ (${count(files, 'file')})`);
  return `${printable(folder)}: ${[...own, ...folders].map(printable).join(', ')}`;
}

// SPDX-License-Identifier: Apache-2.0
import { printable } from '../../core/base/errors.ts';

export function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** Columns that output may take. */
export function outputWidth(): number {
  return process.stdout.columns || 80; // 0: a terminal that does not know its width
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way where the table is too wide: its cells lose their beginnings. */
  readonly shrinks?: boolean;
}

const GAP = '  ';
const LEAST = 12;

/** Rows under titles and a line, in columns. Cells may hold anything: control characters are shown, not sent. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = outputWidth(),
): string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths = columns.map(({ title }, i) =>
    Math.max(length(title), ...cells.map((row) => length(row[i] ?? ''))),
  );
  const total = widths.reduce((sum, n) => sum + n, GAP.length * (columns.length - 1));
  columns.forEach(({ shrinks }, i) => {
    if (shrinks && total > width) widths[i] = Math.max(LEAST, (widths[i] ?? 0) - (total - width));
  });
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, i) => pad(shorten(row[i] ?? '', widths[i] ?? 0), widths[i] ?? 0, align ?? 'left'))
      .join(GAP)
      .trimEnd();
  const rule = widths
    .map((n, i) => (columns[i]?.title === '' ? ' ' : '-').repeat(n))
    .join(GAP)
    .trimEnd();
  return [line(columns.map(({ title }) => title)), rule, ...cells.map(line)];
}

export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - length(text)));
  return align === 'left' ? text + space : space + text;
}

/** The end of a text that is too long: for paths, the part that distinguishes them. */
function shorten(text: string, width: number): string {
  const points = [...text];
  return points.length <= width ? text : `…${points.slice(points.length - width + 1).join('')}`;
}

function length(text: string): number {
  return [...text].length;
}

/** 1234567 -> "1,234,567" */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 0.9766 -> "97.7 %" */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
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
  return ['', ...table([{ title: 'sha256 of its trace' }, { title: 'file', shrinks: true }], rows)];
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

// SPDX-License-Identifier: Apache-2.0
/** Tables as lines of a terminal. */
import width from 'fast-string-width';
import { printable } from '../../core/base/errors.ts';
import { type Column, type Table, textOf, toneOf } from '../../report/table/table.ts';
import { hasColour, paint } from './colour.ts';

/** Columns that output may take. */
export function outputWidth(): number {
  return process.stdout.columns || 80; // 0: a terminal that does not know its width
}

export interface Room {
  readonly width?: number;
  readonly colour?: boolean;
  /** Spaces between columns. */
  readonly gap?: number;
  /** Without titles and the line below them. */
  readonly bare?: boolean;
}

/** Least width of a column that gives way. */
const LEAST = 12;

/**
 * Rows under titles and a line, in columns. Cells may hold anything: control characters are shown, not sent. A table
 * that is too wide gives up parts of the cells of columns that shrink; what then still has no room comes below it, as
 * tables with the same first column.
 */
export function tableLines({ columns, rows }: Table, room: Room = {}): string[] {
  const { width: most = outputWidth(), colour = hasColour(), gap = 2, bare = false } = room;
  const cells = rows.map((row) => columns.map((column, i) => printable(textOf(column, row[i]))));
  const widths = columns.map(({ title }, i) =>
    Math.max(bare ? 0 : width(title), ...cells.map((row) => width(row[i] ?? ''))),
  );
  const excess = total(widths, gap) - most;
  columns.forEach(({ shrinks }, i) => {
    if (shrinks && excess > 0)
      widths[i] = Math.max(Math.min(LEAST, widths[i] ?? 0), (widths[i] ?? 0) - excess);
  });
  const space = ' '.repeat(gap);
  const line = (
    shown: readonly number[],
    texts: readonly string[],
    paintCell = (text: string, _: number) => text,
  ) =>
    shown
      .map((i) => {
        const text = shorten(texts[i] ?? '', widths[i] ?? 0);
        return pad(text, widths[i] ?? 0, columns[i]?.align ?? 'left').replace(text, () => paintCell(text, i));
      })
      .join(space)
      .trimEnd();
  return blocks(widths, most, gap).flatMap((shown, n) => [
    ...(n === 0 ? [] : ['']),
    ...(bare
      ? []
      : [
          line(
            shown,
            columns.map(({ title }) => title),
          ),
          line(shown, rules(columns, widths)),
        ]),
    ...cells.map((texts, row) =>
      line(shown, texts, (text, i) => paint(text, toneOf(rows[row]?.[i] ?? null), colour)),
    ),
  ]);
}

/** Columns side by side as far as they have room, the first one in each block. */
function blocks(widths: readonly number[], most: number, gap: number): number[][] {
  const found: number[][] = [];
  let block: number[] = [];
  widths.forEach((_, i) => {
    const isFull =
      block.length > 1 &&
      total(
        [...block, i].map((at) => widths[at] ?? 0),
        gap,
      ) > most;
    if (isFull) found.push(block);
    block = isFull ? [0, i] : [...block, i];
  });
  return [...found, block];
}

function total(widths: readonly number[], gap: number): number {
  return widths.reduce((sum, n) => sum + n, gap * (widths.length - 1));
}

function rules(columns: readonly Column[], widths: readonly number[]): string[] {
  return columns.map(({ title }, i) => (title === '' ? '' : '-'.repeat(widths[i] ?? 0)));
}

/** Names, on `side` columns, with values behind them. */
export function factLines(
  facts: readonly (readonly [name: string, value: string])[],
  side: number,
): string[] {
  return facts.map(([name, value]) => `${pad(name, side, 'left')}${value}`);
}

/** To a width in columns of a terminal, where some characters take two. */
export function pad(text: string, columns: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, columns - width(text)));
  return align === 'left' ? text + space : space + text;
}

/** The end of a text that is too long: for paths, the part that distinguishes them. */
function shorten(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  const points = [...text];
  while (points.length > 0 && width(points.join('')) > columns - 1) points.shift();
  return `…${points.join('')}`;
}

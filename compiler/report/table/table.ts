// SPDX-License-Identifier: Apache-2.0
/** Tables as data: columns that know how their numbers are written, rows of cells. Others turn them into text. */

/** null: nothing is known. */
export type Value = string | number | null;

/** What a cell means where there is colour; without colour its text has to be enough. */
export type Tone = 'good' | 'bad' | 'chosen';

export type Cell = Value | { readonly value: Value; readonly tone: Tone | null };

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Gives way where the table is too wide: its cells lose their beginnings. */
  readonly shrinks?: boolean;
  /** A number of this column as text. */
  readonly write: (value: number) => string;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

type Options = Partial<Omit<Column, 'title' | 'write'>>;

/** Words; numbers as they are. */
export function textColumn(title: string, options: Options = {}): Column {
  return { title, align: 'left', write: String, ...options };
}

/** Whole numbers, in groups of three digits; others are rounded. */
export function countColumn(title: string, options: Options = {}): Column {
  return { title, align: 'right', write: (value) => grouped(Math.round(value)), ...options };
}

export function numberColumn(title: string, digits: number, options: Options = {}): Column {
  return { title, align: 'right', write: (value) => value.toFixed(digits), ...options };
}

/** Shares of one as percentages. */
export function shareColumn(title: string, options: Options = {}): Column {
  return { title, align: 'right', write: percent, ...options };
}

/** Words on the right, as beside numbers. */
export function rightColumn(title: string): Column {
  return textColumn(title, { align: 'right' });
}

/** Shares of one as bars of `width` characters, to eighths of one. */
export function barColumn(title: string, width = 10): Column {
  return { title, align: 'left', write: (value) => bar(value, width) };
}

/** What a cell shows; nothing where a row is too short. */
export function textOf(column: Column, cell: Cell | undefined): string {
  if (cell === undefined) return '';
  const value = plain(cell);
  if (value === null) return '-';
  return typeof value === 'number' ? column.write(value) : value;
}

export function toneOf(cell: Cell): Tone | null {
  return cell !== null && typeof cell === 'object' ? cell.tone : null;
}

function plain(cell: Cell): Value {
  return cell !== null && typeof cell === 'object' ? cell.value : cell;
}

/** 1234567 -> "1,234,567" */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 0.9766 -> "97.7 %" */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

const EIGHTHS = ' ▏▎▍▌▋▊▉█';

/** @param share from 0 to 1; what is more than nothing shows at least an eighth of a character */
export function bar(share: number, width: number): string {
  const eighths = Math.max(share > 0 ? 1 : 0, Math.round(8 * width * Math.max(0, Math.min(1, share))));
  return ('█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? '')).trimEnd();
}

const LEVELS = '▁▂▃▄▅▆▇█';

/** A character for each number, as high as its part of the greatest; "·" for 0. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 0);
  return values
    .map((value) => (value <= 0 ? '·' : LEVELS[Math.min(7, Math.floor((8 * value) / most))]))
    .join('');
}

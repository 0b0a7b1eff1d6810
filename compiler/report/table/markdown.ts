// SPDX-License-Identifier: Apache-2.0
import { type Table, textOf } from './table.ts';

/** A table as lines of Markdown. Cells may hold Markdown of ours; what comes from users has to be escaped before. */
export function markdownTable({ columns, rows }: Table): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    `|${columns.map(({ align }) => (align === 'right' ? '--:' : '---')).join('|')}|`,
    ...rows.map((row) => line(columns.map((column, i) => textOf(column, row[i])))),
  ];
}

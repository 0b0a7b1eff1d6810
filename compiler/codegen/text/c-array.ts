// SPDX-License-Identifier: Apache-2.0
/** Tables of numbers as aligned C. */

/** One `static const` array: comment lines (with their marks), element type, length and rows of elements. */
export interface ArrayView {
  readonly comment: readonly string[];
  readonly type: string;
  readonly name: string;
  readonly length: number;
  readonly rows: readonly string[];
}

const WIDTH = 104;

/** A comment of one or several lines. The lines hold no comment marks (c-text.ts). */
export function blockComment(lines: readonly string[]): string[] {
  if (lines.length === 1) return [`/* ${lines[0]} */`];
  return lines.map((line, i) => `${i === 0 ? '/*' : ' *'} ${line}${i === lines.length - 1 ? ' */' : ''}`);
}

/** Elements in columns of one width; `group` elements at least stay together on a line. */
export function alignedRows(elements: readonly string[], group = 1): string[] {
  const cell = Math.max(...elements.map((element) => element.length)) + 2;
  const perLine = Math.max(group, Math.floor(WIDTH / cell / group) * group);
  const rows: string[] = [];
  for (let at = 0; at < elements.length; at += perLine) {
    rows.push(
      elements
        .slice(at, at + perLine)
        .map((element) => `${element.padStart(cell - 2)},`)
        .join(' '),
    );
  }
  return rows;
}

/** One element a line, each with a comment; elements and comments aligned. */
export function annotatedRows(elements: readonly string[], comments: readonly string[]): string[] {
  const cell = Math.max(...elements.map((element) => element.length));
  return elements.map((element, i) => `${element.padStart(cell)}, /* ${comments[i] ?? ''} */`);
}

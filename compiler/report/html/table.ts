// SPDX-License-Identifier: Apache-2.0
import { type Content, type Html, html } from './html.ts';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

export interface TableView {
  /** What the table holds, for those who hear it. */
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Content[])[];
  /** Index of a row -> whether it stands out. */
  readonly marked?: (row: number) => boolean;
}

/** Column titles: left-aligned first, numbers to the right. */
export function columns(first: string, ...others: readonly string[]): TableColumn[] {
  return [{ title: first }, ...others.map((title) => ({ title, align: 'right' as const }))];
}

/** A table whose first column names its rows. It can be scrolled where the page is too narrow. */
export function table({ caption, columns, rows, marked = () => false }: TableView): Html {
  const right = (i: number) => (columns[i]?.align === 'right' ? html` class="right"` : null);
  const head = columns.map(({ title }, i) => html`<th scope="col"${right(i)}>${title}</th>`);
  const body = rows.map((row, n) => {
    const cells = row.map((cell, i) =>
      i === 0 ? html`<th scope="row"${right(i)}>${cell}</th>` : html`<td${right(i)}>${cell}</td>`,
    );
    return html`<tr${marked(n) ? html` class="marked"` : null}>${cells}</tr>\n`;
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`;
}

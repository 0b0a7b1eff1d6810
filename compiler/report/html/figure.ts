// SPDX-License-Identifier: Apache-2.0
import { type Content, type Html, html } from './html.ts';
import { type TableView, table } from './table.ts';

export interface FigureView {
  readonly title: string;
  /** Takes the whole width of the page. */
  readonly wide?: boolean;
  readonly picture: Content;
  /** What there is to see, in a sentence or two. */
  readonly caption: Content;
  /** The picture's figures. */
  readonly table: TableView;
}

/** A picture with its title, what it shows in words, and its figures behind it. */
export function figure({ title, wide = false, picture, caption, table: figures }: FigureView): Html {
  return html`<figure class="card${wide ? ' wide' : ''}">
<h3>${title}</h3>
${picture}
<figcaption>${caption}</figcaption>
<details><summary>Figures<span class="hidden"> of ${title}</span></summary>
${table(figures)}</details>
</figure>
`;
}

/** What the colours of a chart stand for. */
export function legend(names: readonly string[], colours: readonly string[]): Html {
  const items = names.map((name, i) => html`<li><i style="background:${colours[i] ?? ''}"></i>${name}</li>`);
  return html`<ul class="legend">${items}</ul>
`;
}

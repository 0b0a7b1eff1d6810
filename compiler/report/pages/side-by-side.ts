// SPDX-License-Identifier: Apache-2.0
/** One model's figures in a grid, or those of two models in two columns. */
import type { ModelFacts } from '../gather/facts.ts';
import { grid } from '../html/document.ts';
import { type Html, html } from '../html/html.ts';

/** @param figures of a model; `titled` tells its titles from those of the other model */
export function sideBySide(
  models: readonly ModelFacts[],
  figures: (model: ModelFacts, titled: (title: string) => string) => readonly (Html | null)[],
): Html | null {
  const lists = models.map((model) => {
    const name = nameOf(models, model);
    return figures(model, (title) => (models.length === 1 ? title : `${title}, ${name}`));
  });
  if (lists.flat().every((one) => one === null)) return null;
  if (lists.length === 1) return grid(lists.flat());
  const most = Math.max(...lists.map(({ length }) => length));
  const rows = Array.from({ length: most }, (_, i) => lists.map((list) => list[i] ?? html`<div></div>\n`));
  return html`<div class="pair">
${rows}</div>
`;
}

/** What a model is called beside another one. */
export function nameOf(models: readonly ModelFacts[], { program, path }: ModelFacts): string {
  const same = models.filter((other) => other.program.name === program.name);
  return same.length === 1 ? program.name : path;
}

// SPDX-License-Identifier: Apache-2.0
/** Sections of docs/ACCURACY.md that have a command of their own: `make accuracy` keeps them. */

/** The section with this heading ("## ..."); an empty text where the page has none. */
export function keptSection(page, title) {
  const from = page.indexOf(`\n${title}\n`);
  if (from < 0) return '';
  const length = page.slice(from + title.length).search(/\n## /);
  return length < 0 ? page.slice(from) : page.slice(from, from + title.length + length);
}

/** The page with this section in place of its own, or at its end. */
export function replaceSection(page, title, text) {
  if (text === '') return page;
  const kept = keptSection(page, title);
  const part = `\n${text.trim()}\n`;
  return kept === '' ? `${page.trimEnd()}\n${part}` : page.replace(kept, () => part);
}

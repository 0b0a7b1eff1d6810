// SPDX-License-Identifier: Apache-2.0
/** HTML from templates that take every text for text: only what is Html already is put in as it is. */
import { printable } from '../../core/base/errors.ts';

/** A piece of a page. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

export type Content = Html | string | number | null | readonly Content[];

/** html`<p title="${name}">${[a, b]}</p>`: null is nothing, lists are joined, texts and numbers are escaped. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(
    parts.map((part, i) => part + (i < contents.length ? textOf(contents[i] ?? null) : '')).join(''),
  );
}

function textOf(content: Content): string {
  if (content === null) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'string' || typeof content === 'number') return escapeHtml(String(content));
  return content.map(textOf).join('');
}

/**
 * Text in HTML, in elements and in quoted attributes. Control characters, which have no place there, become escapes.
 */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

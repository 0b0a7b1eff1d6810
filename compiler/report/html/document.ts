// SPDX-License-Identifier: Apache-2.0
/**
 * A page that is one file and needs nothing else: a policy in its head forbids the browser to load anything or to run
 * another script than the page's own.
 */
import { sha256 } from '../../core/base/sha256.ts';
import { base64 } from './data-url.ts';
import { type Content, Html, html } from './html.ts';
import { STYLE } from './style.ts';

export interface DocumentView {
  readonly title: string;
  /** Below the title. */
  readonly lead: Content;
  readonly body: Content;
  /** JavaScript of the page; none by default. It must not hold the text of an end tag. */
  readonly script?: string;
}

export function document({ title, lead, body, script }: DocumentView): string {
  const sources = script === undefined ? '' : `; script-src '${hashSource(script)}'`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:${sources}`;
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<h1><span class="mark" aria-hidden="true"></span>${title}</h1>
<p>${lead}</p>
</header>
<main>
${body}</main>
${script === undefined ? null : new Html(`<script>${script}</script>\n`)}</body>
</html>
`;
  return text;
}

/** A section with its heading. @param name of its place in the page */
export function section(name: string, title: string, body: Content): Html {
  return html`<section id="${name}">
<h2>${title}</h2>
${body}</section>
`;
}

/** Cards side by side as far as they fit. */
export function grid(body: Content): Html {
  return html`<div class="grid">
${body}</div>
`;
}

function hashSource(script: string): string {
  const bytes = Uint8Array.from(sha256(script).match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return `sha256-${base64(bytes)}`;
}

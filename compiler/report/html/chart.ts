// SPDX-License-Identifier: Apache-2.0
/** Charts as SVG, drawn by Observable Plot on a document without a browser. Colours are names of the style sheet. */
import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Html } from './html.ts';

/** Custom properties of style.ts. */
export const COLOUR = {
  ink: 'var(--ink)',
  dim: 'var(--dim)',
  line: 'var(--line)',
  accent: 'var(--accent)',
  soft: 'var(--soft)',
  hit: 'var(--hit)',
  paper: 'var(--card)',
  /** Of kinds that have no order. */
  kinds: ['var(--accent)', 'var(--hit)', 'var(--third)', 'var(--fourth)', 'var(--fifth)', 'var(--sixth)'],
} as const;

/** Of one card; text has 14 of these units, so that it can be read on a phone, too. */
const WIDTH = 400;
const HEIGHT = 260;
/** Room for ticks and the names of the axes. */
const MARGINS = { marginTop: 28, marginBottom: 46, marginLeft: 52 };

/** A part of a step too small to be seen: shorter texts, the same picture. */
const LONG_FRACTIONS = /(\d\.\d\d)\d+/g;

/** @param alt what the chart shows, for those who do not see it */
export function chart(alt: string, options: PlotOptions): Html {
  const { document } = parseHTML('<!doctype html><body></body>');
  const svg = plot({
    ...{ width: WIDTH, height: HEIGHT, ...MARGINS },
    ...options,
    style: { fontSize: '14px' },
    document,
  });
  // What Plot calls its groups says nothing: the picture has one name.
  for (const group of svg.querySelectorAll('[aria-label]')) group.removeAttribute('aria-label');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', alt);
  return new Html(`${withoutFractions(svg.outerHTML)}\n`);
}

/** In attributes alone: texts and the style sheet stay as they are. */
function withoutFractions(svg: string): string {
  return svg.replace(/ (?:d|x|y|cx|cy|x1|x2|y1|y2|width|height|transform)="[^"]*"/g, (attribute) =>
    attribute.replace(LONG_FRACTIONS, '$1'),
  );
}

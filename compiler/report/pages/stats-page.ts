// SPDX-License-Identifier: Apache-2.0
/** Statistics of a dataset as a page. Labels and names come from strangers. */
import { axisY, barX, rectY, ruleY, text } from '@observablehq/plot';
import { printable } from '../../core/base/errors.ts';
import type { Histogram } from '../../training/data/histogram.ts';
import type { DatasetStats, NameList, SplitTable } from '../../training/data/stats.ts';
import { COLOUR, chart } from '../html/chart.ts';
import { document, grid, section } from '../html/document.ts';
import { figure } from '../html/figure.ts';
import { type Html, html } from '../html/html.ts';
import { whole } from '../html/numbers.ts';
import { columns, type TableView, table } from '../html/table.ts';

/** Names of a list that are shown; the rest is counted. */
const SHOWN = 200;
/** Labels that have a bar; all of them are in the table. */
const MOST_BARS = 40;
const LONGEST = 16;

export function statsPage(
  title: string,
  stats: DatasetStats,
  splits: SplitTable | null,
  faults: readonly NameList[],
): string {
  const { labels, recordings, seconds, histograms } = stats;
  return document({
    title,
    lead: `${whole(recordings)} recordings of ${whole(labels.length)} labels, ${(seconds / 60).toFixed(1)} minutes`,
    body: [
      section(
        'recordings',
        'Recordings',
        grid([
          figure({
            title: 'Recordings of each label',
            picture: balance(stats),
            caption:
              labels.length > MOST_BARS
                ? `The first ${MOST_BARS} of ${whole(labels.length)} labels.`
                : 'As even as the bars are, as even is what a network learns of each.',
            table: labelTable(stats),
          }),
          ...distribution('Lengths', histograms.seconds, 'seconds', 'How long the recordings are.'),
          ...distribution('Loudness', histograms.levels, 'decibels of full scale', 'RMS of each recording.'),
        ]),
      ),
      splits === null ? null : section('splits', 'Splits', table(splitTable(splits))),
      faults.map(list),
    ],
  });
}

function balance({ labels }: DatasetStats): Html {
  const shown = labels.slice(0, MOST_BARS).map(({ label, recordings }) => ({
    ...{ label: printable(label), recordings },
  }));
  const place = { x: 'recordings', y: 'label' };
  return chart(`Recordings of ${whole(labels.length)} labels`, {
    ...{ marginLeft: 140, marginRight: 46, marginTop: 8, height: 60 + 22 * shown.length },
    x: { label: 'recordings', ticks: wholeTicks(shown.map(({ recordings }) => recordings)) },
    y: { label: null, type: 'band', domain: shown.map(({ label }) => label) },
    marks: [
      axisY({ tickSize: 0, tickFormat: (label: string) => shorten(label) }),
      barX(shown, { ...place, fill: COLOUR.accent }),
      text(shown, { ...place, text: 'recordings', textAnchor: 'start', dx: 5, fill: COLOUR.ink }),
    ],
  });
}

function shorten(label: string): string {
  const points = [...label];
  return points.length <= LONGEST ? label : `${points.slice(0, LONGEST - 1).join('')}…`;
}

/** How many ticks, so that none lies between two whole numbers. */
function wholeTicks(counts: readonly number[]): number {
  return Math.min(5, Math.max(1, ...counts));
}

/** None where nothing was measured. */
function distribution(
  title: string,
  { from, width, counts }: Histogram,
  unit: string,
  caption: string,
): Html[] {
  if (counts.length === 0) return [];
  const digits = Math.max(0, -Math.floor(Math.log10(width)));
  const edge = (i: number) => from + i * width;
  const bars = counts.map((count, i) => ({ low: edge(i), high: edge(i + 1), count }));
  return [
    figure({
      title: `${title} (${unit})`,
      picture: chart(`${title}: recordings by ${unit}`, {
        x: { label: unit, ticks: 5 },
        y: { label: 'recordings', grid: true, ticks: wholeTicks(counts) },
        marks: [
          rectY(bars, {
            x1: 'low',
            x2: 'high',
            y: 'count',
            fill: COLOUR.accent,
            insetLeft: 0.5,
            insetRight: 0.5,
          }),
          ruleY([0], { stroke: COLOUR.dim }),
        ],
      }),
      caption,
      table: {
        caption: title,
        columns: columns(`${unit}, from`, 'to', 'recordings'),
        rows: bars.map(({ low, high, count }) => [low.toFixed(digits), high.toFixed(digits), whole(count)]),
      },
    }),
  ];
}

function labelTable({ labels }: DatasetStats): TableView {
  return {
    caption: 'Labels: lengths in seconds, loudness in decibels of full scale',
    columns: columns('label', 'recordings', 'shortest', 'median', 'longest', 'RMS'),
    rows: labels.map(({ label, recordings, lengths: { min, median, max }, level }) => [
      ...[label, whole(recordings), min.toFixed(2), median.toFixed(2), max.toFixed(2)],
      level === null ? '-' : level.toFixed(1),
    ]),
  };
}

function splitTable({ total, labels }: SplitTable): TableView {
  return {
    caption: 'Recordings of each split',
    columns: columns('label', 'train', 'validation', 'test'),
    rows: [...labels, { label: 'all', ...total }].map(({ label, train, validation, test }) => [
      ...[label, whole(train), whole(validation), whole(test)],
    ]),
  };
}

function list({ title, items }: NameList, index: number): Html {
  const shown = items.slice(0, SHOWN).map((item) => html`<li>${item}</li>\n`);
  const more = items.length > SHOWN ? html`<p>and ${whole(items.length - SHOWN)} more</p>\n` : null;
  return section(`list-${index}`, `${title} (${items.length})`, html`<ul>\n${shown}</ul>\n${more}`);
}

// SPDX-License-Identifier: Apache-2.0
/** A comparison as a page: accuracy over cycles, and the figures behind it. */
import { dot, lineY, ruleX, text } from '@observablehq/plot';
import { printable } from '../../core/base/errors.ts';
import type { ComparedModel, Comparison } from '../compare/compare.ts';
import { COLOUR, chart } from '../html/chart.ts';
import { document, grid, section } from '../html/document.ts';
import { figure } from '../html/figure.ts';
import { type Content, type Html, html } from '../html/html.ts';
import { count, percent, percentRange, whole } from '../html/numbers.ts';
import { columns, type TableView } from '../html/table.ts';

/** Room around the outermost points, as a share of what lies between them. */
const ROOM = 0.08;

export function comparisonPage(comparison: Comparison, task: string): string {
  const { clips, chipClips, models } = comparison;
  return document({
    title: `Accuracy against cycles: ${task}`,
    lead:
      `The chip's integers on ${count(clips, 'recording')}; cycles of the network on the emulated ATSAMD21 at zero ` +
      `wait states, over ${whole(chipClips)} of them; bytes of kernel and model.`,
    body: section(
      'models',
      'Models',
      grid(
        figure({
          title: 'Accuracy over cycles per step',
          wide: true,
          picture: plotOf(models),
          caption:
            'Filled: no other model has fewer cycles without being less accurate. Bars: 95 % intervals of the ' +
            'accuracy; where they overlap widely, the recordings do not distinguish the models.',
          table: tableOf(models),
        }),
      ),
    ),
  });
}

function tableOf(models: readonly ComparedModel[]): TableView {
  const rows = models.map(
    ({ model, kernel, nonZero, weights, accuracy, interval, ...rest }, i): Content[] => [
      html`${i + 1} ${model} <small>${kernel}</small>`,
      percent(nonZero / weights),
      percent(accuracy),
      percentRange(interval),
      whole(rest.cyclesPerStep),
      whole(rest.cyclesPerStepMax),
      whole(rest.flash),
      whole(rest.ram),
    ],
  );
  return {
    caption: 'Models and what they cost',
    columns: columns(
      'model',
      ...[
        'not zero',
        'accuracy',
        '95 % interval',
        'cycles per step',
        'at most',
        'flash (bytes)',
        'RAM (bytes)',
      ],
    ),
    rows,
    marked: (row) => models[row]?.pareto === true,
  };
}

function plotOf(models: readonly ComparedModel[]): Html {
  const points = models.map(({ cyclesPerStep, accuracy, interval: [low, high], pareto, model }, i) => ({
    ...{ cycles: cyclesPerStep, accuracy, low, high, pareto, number: String(i + 1), name: printable(model) },
  }));
  const most = Math.max(...points.map(({ cycles }) => cycles));
  const front = points.filter(({ pareto }) => pareto).sort((a, b) => a.cycles - b.cycles);
  const last = front.at(-1);
  // A staircase: for so many cycles, the best that was measured; between two models there is none.
  const stairs = last === undefined ? [] : [...front, { ...last, cycles: most }];
  const place = { x: 'cycles', y: 'accuracy' };
  const alt = `Accuracy over cycles per step of ${count(models.length, 'model')}`;
  return chart(alt, {
    ...{ height: 300, marginRight: 32 },
    x: {
      label: 'cycles per step',
      grid: true,
      nice: true,
      domain: around(points.map(({ cycles }) => cycles)),
      ticks: 4,
    },
    y: {
      ...{ label: 'accuracy (%)', grid: true, percent: true, nice: true, ticks: 6 },
      domain: around(points.flatMap(({ accuracy, low, high }) => [accuracy, low, high])).map((share) =>
        Math.min(100, 100 * share),
      ),
    },
    marks: [
      lineY(stairs, { ...place, curve: 'step-after', stroke: COLOUR.accent, strokeDasharray: '5 4' }),
      ruleX(points, { x: 'cycles', y1: 'low', y2: 'high', stroke: COLOUR.dim }),
      dot(points, {
        ...{ ...place, r: 10, stroke: COLOUR.accent, strokeWidth: 1.5, title: 'name' },
        fill: ({ pareto }: (typeof points)[number]) => (pareto ? COLOUR.accent : COLOUR.paper),
      }),
      text(points, {
        ...{ ...place, text: 'number' },
        fill: ({ pareto }: (typeof points)[number]) => (pareto ? COLOUR.paper : COLOUR.ink),
      }),
    ],
  });
}

/** A single value gets room on both sides, too. */
function around(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? ROOM * (high - low) : 0.1 * Math.max(Math.abs(high), 1e-3);
  return [Math.max(0, low - room), high + room];
}

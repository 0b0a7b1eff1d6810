// SPDX-License-Identifier: Apache-2.0
/** Misses against false alarms: the curve that thresholds are chosen from, and the ones that were chosen. */

import { dot, lineY, ruleX, ruleY } from '@observablehq/plot';
import { symlogPlace } from '../../core/base/symlog.ts';
import type { ModelFacts } from '../gather/facts.ts';
import { COLOUR, chart } from '../html/chart.ts';
import { figure, legend } from '../html/figure.ts';
import type { Html } from '../html/html.ts';
import { count, percent, percentRange, whole } from '../html/numbers.ts';
import { columns, type TableColumn } from '../html/table.ts';
import type { TuningCurve } from '../tune/choose.ts';

/** False alarms per hour that have a tick, where there is room. */
const TICKS = [0, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
/** Least share of the axis between two ticks: their texts do not touch. */
const APART = 0.11;
/** Of the axis: linear below, logarithmic above, so that zero has its place. */
const LINEAR = 0.5;
/** Of the curve: beyond, nobody chooses a threshold. */
const MOST_PER_HOUR = 100;

export function tradeoffFigures(
  { curve, program }: ModelFacts,
  titled: (title: string) => string,
): (Html | null)[] {
  if (curve === null) return [null, null];
  return [jointFigure(curve, titled), keywordFigure(curve, program.labels, titled)];
}

function jointFigure(tuning: TuningCurve, titled: (title: string) => string): Html {
  const { words, hours, misses, missRate, missInterval, falseAlarms, perHour, perHourInterval } = tuning;
  const most = Math.max(MOST_PER_HOUR, perHour);
  const points = tuning.curve
    .map((point) => ({ perHour: point.events / hours, missed: point.misses / words }))
    .filter((point) => point.perHour <= most);
  const far = Math.max(perHourInterval[1], points.at(-1)?.perHour ?? 0, 1);
  const chosen = [{ perHour, missed: missRate }];
  return figure({
    title: titled('Misses against false alarms'),
    picture: chart('Missed keywords over false alarms per hour', {
      height: 300,
      x: {
        ...{ type: 'symlog', constant: LINEAR, domain: [0, far], label: 'false alarms per hour', grid: true },
        ...{ ticks: ticksTo(far), tickFormat: String },
      },
      y: { label: 'missed (%)', percent: true, grid: true, zero: true, ticks: 5 },
      marks: [
        lineY(points, {
          x: 'perHour',
          y: 'missed',
          curve: 'step-after',
          stroke: COLOUR.accent,
          strokeWidth: 2,
        }),
        ruleX(chosen, {
          x: 'perHour',
          y1: missInterval[0],
          y2: missInterval[1],
          stroke: COLOUR.hit,
          strokeWidth: 2,
        }),
        ruleY(chosen, {
          y: 'missed',
          x1: perHourInterval[0],
          x2: perHourInterval[1],
          stroke: COLOUR.hit,
          strokeWidth: 2,
        }),
        dot(chosen, { x: 'perHour', y: 'missed', r: 6, fill: COLOUR.hit }),
      ],
    }),
    caption:
      `The point: the model's own thresholds, ${whole(misses)} of ${count(words, 'keyword')} missed (95 % interval ` +
      `${percentRange(missInterval)}) and ${count(falseAlarms, 'false alarm')} in ${hours.toFixed(2)} hours of background ` +
      `(${perHourInterval.map((end) => end.toFixed(1)).join(' to ')} per hour). The line: the fewest misses that other ` +
      'thresholds would give.',
    table: {
      caption: 'The fewest misses for each number of false alarms',
      columns: columns('false alarms per hour', 'in all', 'missed', 'share'),
      rows: tuning.curve
        .filter(({ events }) => events / hours <= most)
        .map((point) => [
          ...[(point.events / hours).toFixed(2), whole(point.events), whole(point.misses)],
          percent(point.misses / words),
        ]),
    },
  });
}

/** Those that fit, from zero up. */
function ticksTo(far: number): number[] {
  const ticks: number[] = [];
  for (const tick of TICKS.filter((one) => one <= far)) {
    const last = ticks.at(-1);
    if (last === undefined || symlogPlace(tick, LINEAR, far) - symlogPlace(last, LINEAR, far) >= APART)
      ticks.push(tick);
  }
  return ticks;
}

function keywordFigure(
  { detect, keywords, hours }: TuningCurve,
  labels: readonly string[],
  titled: (title: string) => string,
): Html {
  const named = keywords.map(({ label, words, points }, i) => {
    const name = labels[label] ?? '';
    const own = points.map(({ events, misses, threshold }) => ({
      ...{
        name,
        threshold: threshold / 32768,
        perHour: events / hours,
        missed: words === 0 ? 0 : misses / words,
      },
    }));
    return { name, own, chosen: (detect.keywords[i]?.threshold ?? 0) / 32768, words };
  });
  const colours = COLOUR.kinds;
  const right: TableColumn['align'] = 'right';
  return figure({
    title: titled('Each keyword by its threshold'),
    picture: [
      chart('Missed share of each keyword by threshold', {
        height: 300,
        x: { label: 'threshold', domain: [0, 1], ticks: 5 },
        y: { label: 'missed (%)', percent: true, grid: true, zero: true, ticks: 5 },
        marks: named.flatMap(({ own, chosen }, i) => {
          const stroke = colours[i % colours.length] ?? COLOUR.accent;
          const at = own.findLast(({ threshold }) => threshold <= chosen + 1e-9);
          return [
            lineY(own, { x: 'threshold', y: 'missed', stroke, strokeWidth: 1.5 }),
            dot(at === undefined ? [] : [at], {
              x: 'threshold',
              y: 'missed',
              fill: stroke,
              r: 5,
              title: 'name',
            }),
          ];
        }),
      }),
      legend(
        named.map(({ name }) => name),
        named.map((_, i) => colours[i % colours.length] ?? COLOUR.accent),
      ),
    ],
    caption: "Points: the model's thresholds. Each keyword alone, as if there were no other.",
    table: {
      caption: 'Keywords alone, at their thresholds',
      columns: [
        { title: 'keyword' },
        ...['threshold', 'recordings', 'missed', 'false alarms per hour'].map((title) => ({
          title,
          align: right,
        })),
      ],
      rows: named.map(({ name, own, chosen, words }) => {
        const at = own.findLast(({ threshold }) => threshold <= chosen + 1e-9);
        return [
          name,
          chosen.toFixed(3),
          whole(words),
          percent(at?.missed ?? 0),
          (at?.perHour ?? 0).toFixed(2),
        ];
      }),
    },
  });
}

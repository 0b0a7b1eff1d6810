// SPDX-License-Identifier: Apache-2.0
/** Thresholds that were chosen, and the curve they were chosen from. */

import {
  barColumn,
  countColumn,
  grouped,
  numberColumn,
  percent,
  rightColumn,
  shareColumn,
  textColumn,
} from '../../report/table/table.ts';
import type { Judgement, Tuning } from '../../report/tune/choose.ts';
import type { JointPoint } from '../../report/tune/joint-curve.ts';
import { tableLines } from '../terminal/table.ts';
import { count } from './output.ts';

/** What a choice comes to, with what it rests on. */
export function tuningLines(tuning: Judgement): string[] {
  const { misses, words, missInterval, falseAlarms, hours, perHour, perHourInterval, confusions } = tuning;
  const [low, high] = missInterval;
  const [least, most] = perHourInterval;
  return [
    `${grouped(misses)} of ${count(words, 'keyword')} missed: ${percent(misses / words)} ` +
      `(95 % interval ${percent(low)} to ${percent(high)})`,
    `${grouped(confusions)} detected as another one`,
    `${count(falseAlarms, 'false alarm')} in ${hours.toFixed(2)} hours of background: ${perHour.toFixed(1)} per hour`,
    `(95 % interval ${least.toFixed(1)} to ${most.toFixed(1)} per hour)`,
  ];
}

/** What a choice comes to, and what is to be expected of it. */
export function choiceLines(tuning: Tuning): string[] {
  const expected = `expected, by how often louder ones come: ${tuning.expectedPerHour.toFixed(1)} per hour`;
  return [...tuningLines(tuning), expected];
}

/** Thresholds by keyword, each with what it comes to alone. */
export function thresholdTable({ detect, keywords, hours }: Tuning, labels: readonly string[]): string[] {
  const rows = detect.keywords.map(({ label, threshold, release }) => {
    const curve = keywords.find((keyword) => keyword.label === label);
    const point = curve?.points.find((one) => one.threshold === threshold);
    return [
      labels[label] ?? '',
      threshold,
      release,
      `${grouped(point?.misses ?? 0)} of ${grouped(curve?.words ?? 0)}`,
      (point?.events ?? 0) / hours,
    ];
  });
  const columns = [
    textColumn('keyword'),
    countColumn('threshold'),
    countColumn('release'),
    rightColumn('missed'),
    numberColumn('false alarms per hour', 1),
  ];
  return tableLines({ columns, rows });
}

/** False alarms per hour in the columns of keywordCurves. */
const RATES = [0.5, 1, 2, 5, 10, 20];

/** What each keyword misses alone, at rates of false alarms that are its own. */
export function keywordTable({ keywords, hours }: Tuning, labels: readonly string[]): string[] {
  const rows = keywords.map(({ label, words, points }) => [
    labels[label] ?? '',
    ...RATES.map((rate) => {
      const misses = points.filter(({ events }) => events <= rate * hours).map((point) => point.misses);
      return misses.length === 0 || words === 0 ? null : Math.min(...misses) / words;
    }),
  ]);
  const columns = [textColumn('missed at'), ...RATES.map((rate) => shareColumn(`${rate}/h`))];
  return tableLines({ columns, rows });
}

const ROWS = 12;

/** The joint curve at rates that about double from row to row. */
export function curveTable({ curve, hours, words }: Tuning): string[] {
  const chosen: JointPoint[] = [];
  let next = 0;
  for (const point of curve) {
    if (point.events < next || chosen.length === ROWS) continue;
    chosen.push(point);
    next = Math.max(point.events + 1, Math.ceil(point.events * 1.7));
  }
  const rows = chosen.map(({ events, misses }) => [events / hours, misses / words, misses / words]);
  const columns = [numberColumn('false alarms per hour', 1), shareColumn('missed'), barColumn('', 20)];
  return tableLines({ columns, rows });
}

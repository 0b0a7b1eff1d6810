// SPDX-License-Identifier: Apache-2.0
/** The section of docs/ACCURACY.md about training without a configuration, which `make accuracy` keeps. */
import { percent, table } from '../bench/folded.js';

export const DEFAULT_WAY = '## The default way';

const RATES = [1, 2, 4];

/** @param results what the model of each word came to */
export function defaultWaySection(results) {
  const hours = results[0]?.hours ?? 0;
  const rows = results.map((each) => {
    const [low, high] = each.missInterval;
    const [least, most] = each.perHourInterval;
    return [
      each.word,
      `${each.misses} of ${each.words}, ${percent(each.missRate)} (${percent(low)} to ${percent(high)})`,
      `${each.falseAlarms}, ${(each.falseAlarms / hours).toFixed(1)} (${least.toFixed(1)} to ${most.toFixed(1)})`,
      ...RATES.map((rate) => {
        const point = each.curve.findLast(({ events }) => events <= rate * hours);
        return point === undefined ? '' : percent(point.misses / each.words);
      }),
      each.minutes.toFixed(0),
    ];
  });
  return [
    DEFAULT_WAY,
    '',
    '`egru train FOLDER --false-alarms-per-hour 2`, without a configuration: a folder of some 200 recordings of one word,',
    'and one of background (what models/training/field-split.txt does not call test). Judged on other recordings of the word',
    `and on ${hours.toFixed(2)} hours by speakers that neither trained nor chose. Thresholds come from the training, which`,
    'chooses them on what it keeps for validation; the columns at the right choose them on the judging recordings instead.',
    '',
    ...table(
      ['word', 'missed', 'false accepts, per hour', ...RATES.map((rate) => `missed at ${rate}/h`), 'minutes'],
      rows,
    ),
    '',
    '`make default-way` trains what is missing and writes this.',
  ];
}

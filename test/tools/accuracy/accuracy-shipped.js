// SPDX-License-Identifier: Apache-2.0
/** The sections of docs/ACCURACY.md about models as they ship. */
import { join } from 'node:path';
import { percent, table } from '../bench/folded.js';
import { digits } from './accuracy-digits.js';
import { robustness } from './robustness.js';

/** Rows of the curve: at most these false alarms per hour. */
const RATES = [1, 2, 4, 7, 10, 20, 40];

/** @param count of false accepts */
const accepts = (count) => `${count} false accept${count === 1 ? '' : 's'}`;

/** Wake-words as they ship: clips, words in silence and in noise, hours of background by speakers of the third set. */
async function wakeWords(json, data) {
  const model = 'models/wake-words';
  const words = join(data, 'wake-words');
  const clip = await json('eval', model, words, '--split', 'test');
  const stream = (...more) => json('eval', model, ...more, '--stream');
  const [clean, noisy, alarms] = [
    await stream(words, '--split', 'test'),
    await stream(words, '--split', 'test', '--snr', '10'),
    await stream(join(data, 'other-speech/test'), join(data, 'spoken-digits')),
  ];
  const tuned = await json(
    ...['tune', model, '--keywords', words, '--split', 'test', '--dry-run'],
    ...['--background', join(data, 'field/manifest.tsv'), '--config', 'models/training/wake-words.json'],
    ...['--set', 'test'],
  );
  const { before, curve, hours } = tuned;
  const missed = ({ misses, keywords, confusions }) => [
    `${misses} of ${keywords}`,
    percent(misses / keywords),
    String(confusions),
  ];
  const [low, high] = before.perHourInterval.map((rate) => rate.toFixed(1));
  const [least, most] = before.missInterval.map(percent);
  return [
    ...table(
      ['`egru eval models/wake-words FOLDER ...`', 'false rejects', '', 'detected as another word'],
      [
        ['`--split test --stream`', ...missed(clean)],
        ['`--split test --stream --snr 10` (white noise)', ...missed(noisy)],
      ],
    ),
    '',
    `Clips (\`--split test\`): ${clip.correct} of ${clip.clips} right, ${percent(clip.accuracy)} (95 % interval ${percent(clip.interval[0])} to ${percent(clip.interval[1])}).`,
    '',
    `In ${hours.toFixed(2)} hours by speakers that neither trained nor chose anything (\`egru tune\` with the set \`test\` of models/training/field-split.txt), with the thresholds that ship: ` +
      `${accepts(before.falseAlarms)}, ${before.perHour.toFixed(1)} per hour (95 % interval ${low} to ${high}), and ${before.misses} of ${before.words} words missed, ${percent(before.missRate)} (${least} to ${most}).`,
    '',
    'The curve on the same recordings, thresholds chosen on them, so that it is a little better than it will be elsewhere:',
    '',
    ...table(
      ['false accepts per hour, at most', 'false rejects'],
      RATES.flatMap((rate) => {
        const point = curve.findLast(({ events }) => events <= rate * hours);
        return point === undefined ? [] : [[String(rate), percent(point.misses / before.words)]];
      }),
    ),
    '',
    `False accepts in ${(60 * alarms.hours).toFixed(1)} minutes of single words (other-speech/test and spoken-digits, other speakers): ` +
      `${alarms.falseAlarms}; with 95 % confidence fewer than ${alarms.falseAlarmsPerHourLimit.toFixed(2)} per hour.`,
    '',
    ...(await robustness(json, model, data)),
  ];
}

/** One word, by `egru train` without a configuration. */
async function jarvis(json, data) {
  const { before, curve } = await json(
    ...['tune', 'models/jarvis', '--keywords', join(data, 'wake-words'), '--split', 'test'],
    ...['--background', join(data, 'field/manifest.tsv'), '--config', 'models/training/wake-words.json'],
    ...['--set', 'test', '--dry-run'],
  );
  const [low, high] = before.perHourInterval.map((rate) => rate.toFixed(1));
  const [least, most] = before.missInterval.map((share) => percent(share));
  return [
    `Test recordings of the word, and ${before.hours.toFixed(2)} hours by speakers that neither trained nor chose anything: ` +
      `${accepts(before.falseAlarms)} (95 % interval ${low} to ${high} per hour), and ${before.misses} of ${before.words} missed, ${percent(before.missRate)} (${least} to ${most}).`,
    '',
    'With a threshold chosen on the same recordings:',
    '',
    ...table(
      ['false accepts per hour, at most', 'false rejects'],
      RATES.flatMap((rate) => {
        const point = curve.findLast(({ events }) => events <= rate * before.hours);
        return point === undefined ? [] : [[String(rate), percent(point.misses / before.words)]];
      }),
    ),
  ];
}

/** By heading: (json: runs egru and parses what it prints, data: the recordings) => lines. */
export const SHIPPED = { digits, 'wake-words': wakeWords, jarvis };

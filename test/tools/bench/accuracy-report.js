// SPDX-License-Identifier: Apache-2.0
/** docs/ACCURACY.md from what was measured. */
import { join } from 'node:path';
import { SPEAKERS } from './accuracy-jobs.js';

/** Student's t, 95 % on both sides, by the number of pairs (tables of any textbook). */
const T = { 3: 4.303, 5: 2.776 };

const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of paired differences and half of its 95 % interval. */
function pairs(a, b) {
  const gaps = a.map(({ test }, i) => test.accuracy - b[i].test.accuracy);
  const middle = mean(gaps);
  const variance = gaps.reduce((sum, gap) => sum + (gap - middle) ** 2, 0) / (gaps.length - 1);
  return { mean: middle, half: T[gaps.length] * Math.sqrt(variance / gaps.length) };
}

const points = ({ mean: middle, half }) =>
  `${(100 * middle).toFixed(2)} points (95 % interval ${(100 * (middle - half)).toFixed(2)} to ${(100 * (middle + half)).toFixed(2)})`;

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)];
}

function seedTable(runs, isFloat = false) {
  const chosen = bestOf(runs);
  const rows = runs.map((run) => {
    const { seed, best, test, nonZero } = run;
    const mark = run === chosen && !isFloat ? ' (shipped)' : '';
    return [
      `${seed}${mark}`,
      best.validationLoss.toFixed(4),
      percent(best.validationAccuracy),
      `${test.correct} of ${test.clips}`,
      percent(test.accuracy),
      ...(isFloat ? [] : [percent(nonZero)]),
    ];
  });
  const head = [
    'seed',
    'validation loss',
    'validation',
    'test',
    '',
    ...(isFloat ? [] : ['weights that are not zero']),
  ];
  return [
    ...table(head, rows),
    '',
    `Mean of the test accuracies: ${percent(mean(runs.map(({ test }) => test.accuracy)), 2)}.`,
  ];
}

/** By the validation loss, before anyone looks at the test set. */
function bestOf(runs) {
  return runs.reduce((best, run) => (run.best.validationLoss < best.best.validationLoss ? run : best));
}

/** Rows of the curve: at most these false alarms per hour. */
const RATES = [1, 2, 4, 7, 10, 20, 40];

/** Wake-words as they ship: clips, words in silence and in noise, hours of background by speakers of the third set. */
export async function wakeWords(json, data) {
  const model = 'models/wake-words';
  const words = join(data, 'wake-words');
  const clip = await json('eval', model, words, '--split', 'test');
  const stream = (...more) => json('eval', model, ...more, '--stream');
  const [clean, noisy, alarms] = [
    await stream(words, '--split', 'test'),
    await stream(words, '--split', 'test', '--snr', '10'),
    await stream(join(data, 'other-speech/test'), join(data, 'spoken-digits')),
  ];
  const field = [
    '--background',
    join(data, 'field/manifest.tsv'),
    '--config',
    'models/training/wake-words.json',
  ];
  const tuned = await json(
    'tune',
    model,
    '--keywords',
    words,
    '--split',
    'test',
    ...field,
    '--set',
    'test',
    '--dry-run',
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
      `${before.falseAlarms} false accepts, ${before.perHour.toFixed(1)} per hour (95 % interval ${low} to ${high}), and ${before.misses} of ${before.words} words missed, ${percent(before.missRate)} (${least} to ${most}).`,
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
  ];
}

export async function report({ egru, gru, pruned, speakers }, json, data) {
  const gap = pairs(gru, egru);
  const dense = egru.filter(({ seed }) => pruned.some((run) => run.seed === seed));
  return [
    '# Accuracy',
    '',
    '`make accuracy` trains all of this with `egru train`, evaluates it and writes this page. Test figures are those of the',
    "chip's integers (`egru eval`), for the GRU those of float arithmetic on the chip's features. A seed stands for initial",
    'weights, order, initial states and augmentation. What ships is the seed with the lowest validation loss.',
    '',
    '## spoken-digits',
    '',
    'Free Spoken Digit Dataset: recordings 10 to 49 of each digit and speaker train, 5 to 9 validate, 0 to 4 (300, the',
    'official test set) are the test. The six speakers are in all three.',
    '',
    ...seedTable(egru),
    '',
    `### Float GRU of the same size (64-30-20-16-10), same recipe and number of epochs`,
    '',
    ...seedTable(gru, true),
    '',
    `GRU less eGRU, pair by pair: ${points(gap)}.`,
    '',
    '### Pruned to 35 % of the weights',
    '',
    ...seedTable(pruned),
    '',
    `The same seeds without pruning less pruned: ${points(pairs(dense, pruned))}.`,
    '',
    '### Unseen speakers',
    '',
    'Trained without one speaker (130 epochs, models/training/without-speaker.json), tested on all 500 recordings of that one:',
    '',
    ...table(
      ['speaker', 'test', ''],
      speakers.map(({ test }, i) => [
        SPEAKERS[i],
        `${test.correct} of ${test.clips}`,
        percent(test.accuracy),
      ]),
    ),
    '',
    `Mean: ${percent(mean(speakers.map(({ test }) => test.accuracy)))}.`,
    '',
    '## wake-words',
    '',
    ...(await wakeWords(json, data)),
    '',
  ].join('\n');
}

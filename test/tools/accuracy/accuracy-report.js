// SPDX-License-Identifier: Apache-2.0
/** The part of docs/ACCURACY.md that comes from trainings. */

import { percent, table } from '../bench/folded.js';
import { SPEAKERS } from './accuracy-jobs.js';

/** Student's t, 95 % on both sides, by the number of pairs (tables of any textbook). */
const T = { 3: 4.303, 5: 2.776 };

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

export function report({ egru, gru, pruned, speakers }) {
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
  ].join('\n');
}

// SPDX-License-Identifier: Apache-2.0
/** The section of docs/ACCURACY.md about models/digits, beside models/spoken-digits on the same recordings. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { percent, table } from '../bench/folded.js';
import { SPEAKERS } from './accuracy-jobs.js';

const OUT = 'build/accuracy';
const PATTERN = '{label}_{speaker}_{index}';

/** Recordings of field/digits by speakers of the set `test`, as links whose names hold the label. */
function leftOut(data) {
  const list = join(OUT, 'data-digits');
  execFileSync('models/training/digits.sh', [data, list]);
  const folder = join(OUT, 'digits-test');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  readFileSync(join(list, 'digits.csv'), 'utf8')
    .split('\n')
    .map((row) => row.split(','))
    .filter(([file, , , split]) => file.startsWith('field/') && split === 'test')
    .forEach(([file, label, speaker], i) => {
      symlinkSync(resolve(data, file), join(folder, `${label}_${speaker}_${i}.flac`));
    });
  return folder;
}

const share = ({ correct, clips, accuracy, interval }) => [
  `${correct} of ${clips}`,
  percent(accuracy),
  interval.map((end) => percent(end)).join(' to '),
];

export async function digits(json, data) {
  const field = leftOut(data);
  const spoken = join(data, 'spoken-digits');
  const on = (model, folder, filter, end) =>
    json('eval', model, folder, '--filter', filter, '--pattern', `${PATTERN}.${end}`);
  const rows = [];
  for (const model of ['digits', 'spoken-digits']) {
    const folder = `models/${model}`;
    const four = await on(folder, field, '{zero,one,five,eight}_*', 'flac');
    const official = await on(folder, spoken, '*_[0-4].wav', 'wav');
    rows.push([`${model}: zero, one, five, eight of Speech Commands, speakers left out`, ...share(four)]);
    rows.push([`${model}: spoken-digits, official test, its six speakers`, ...share(official)]);
  }
  const speakers = [];
  for (const speaker of SPEAKERS) {
    const folder = join(OUT, `digits-without-${speaker}`);
    if (!existsSync(join(folder, 'model.json'))) continue;
    speakers.push([speaker, await on(folder, spoken, `*_${speaker}_*.wav`, 'wav')]);
  }
  const mean = speakers.reduce((sum, [, { accuracy }]) => sum + accuracy, 0) / speakers.length;
  return [
    'spoken-digits and field/digits together (`models/training/digits.sh`), sets by speaker but for the six of',
    'spoken-digits, who are in all three.',
    '',
    ...table(['model and recordings', 'right', '', '95 % interval'], rows),
    ...(speakers.length === 0
      ? []
      : [
          '',
          'Trained without one of the six (models/training/digits-without-speaker.json, fewer epochs), tested on all 500',
          'recordings of that one:',
          '',
          ...table(
            ['speaker', 'right', '', '95 % interval'],
            speakers.map(([speaker, result]) => [speaker, ...share(result)]),
          ),
          '',
          `Mean of ${speakers.length}: ${percent(mean)}.`,
        ]),
  ];
}

// SPDX-License-Identifier: Apache-2.0
/** The section of docs/ACCURACY.md about words without recordings, which `make accuracy` keeps. */
export const SYNTHETIC = '## Words without recordings';

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** @param results what each model that was trained came to; @param people the columns */
export function syntheticTable(results, words, people) {
  const columns = people
    .filter((count) => results.some((each) => each.people === count))
    .sort((a, b) => a - b);
  const found = (word, count) => results.find((each) => each.word === word && each.people === count);
  const cell = (word, count) => {
    const one = found(word, count);
    if (one === undefined) return '';
    const [low, high] = one.missInterval;
    return `${percent(one.missRate)} (${percent(low)} to ${percent(high)}); ${one.falseAlarms}`;
  };
  const rows = words
    .filter((word) => columns.some((count) => found(word, count) !== undefined))
    .map((word) => [word, ...columns.map((count) => cell(word, count))]);
  const means = columns.map((count) => {
    const own = words.flatMap((word) => found(word, count) ?? []);
    const [misses, spoken, alarms] = ['misses', 'words', 'falseAlarms'].map((key) =>
      own.reduce((sum, each) => sum + each[key], 0),
    );
    return `${percent(misses / spoken)}; ${(alarms / own.length).toFixed(1)}`;
  });
  const hours = results[0]?.hours ?? 0;
  const all = words.length * people.length;
  const missing = all - results.length;
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    SYNTHETIC,
    '',
    'A model of one word, trained with `egru data speak WORD` (400 recordings of it by flite and espeak-ng, 600 of other',
    'words), with a number of recordings of people, and with the background of models/training/field-split.txt that trains.',
    'Missed recordings of people that did not train (95 % interval), and false alarms in',
    `${hours.toFixed(2)} hours of people who did not train either. Thresholds are chosen on validation, for 2 false alarms`,
    'per hour there. Training is short (models/training/synthetic.json, 40 epochs, one seed) and starts from models/digits.',
    '',
    line(['word', ...columns.map((count) => (count === 0 ? 'synthetic alone' : `with ${count} of people`))]),
    line(['---', ...columns.map(() => '--:')]),
    ...rows.map(line),
    line(['in all; mean', ...means]),
    '',
    ...(missing > 0
      ? [
          `Of ${all} models (five words; none, 10, 30 and 100 recordings of people) ${missing} are not trained yet.`,
          '',
        ]
      : []),
    '`make synthetic` trains what is missing and writes this.',
  ].join('\n');
}

// SPDX-License-Identifier: Apache-2.0
/** The part of docs/ACCURACY.md about words without recordings, between two marks that `make accuracy` keeps. */
const BEGIN = '<!-- synthetic -->';
const END = '<!-- /synthetic -->';

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** The text between the marks of a page, with them; an empty text where it has none. */
export function keptSynthetic(page) {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  return from < 0 || to < from ? '' : page.slice(from, to + END.length);
}

export function replaceSynthetic(page, text) {
  const kept = keptSynthetic(page);
  const part = text.includes(BEGIN) ? text : `${BEGIN}\n${text.trim()}\n${END}`;
  return kept === '' ? `${page.trimEnd()}\n\n${part}\n` : page.replace(kept, () => part);
}

/** @param results what each model that was trained came to; @param people the columns */
export function syntheticTable(results, words, people) {
  const columns = [...people].sort((a, b) => a - b);
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
    const all = words.flatMap((word) => found(word, count) ?? []);
    if (all.length === 0) return '';
    const [misses, spoken, alarms] = ['misses', 'words', 'falseAlarms'].map((key) =>
      all.reduce((sum, each) => sum + each[key], 0),
    );
    return `${percent(misses / spoken)}; ${(alarms / all.length).toFixed(1)}`;
  });
  const hours = results[0]?.hours ?? 0;
  const missing = words.length * columns.length - results.length;
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    '## Words without recordings',
    '',
    'A model of one word from `egru data speak WORD` (400 recordings of it by flite and espeak-ng, 600 of other words) and',
    'so many recordings of people, with models/training/field-split.txt as background. Missed recordings of people that',
    `were not trained with (95 % interval); false alarms in ${hours.toFixed(2)} hours of people who are not in training`,
    'either. Thresholds are chosen on validation, for 2 false alarms per hour: what holds there does not always hold here.',
    'Training is short (models/training/synthetic.json: 24 epochs, 32 and 24 units, one seed).',
    '',
    line(['word', ...columns.map((count) => (count === 0 ? 'synthetic alone' : `with ${count} of people`))]),
    line(['---', ...columns.map(() => '--:')]),
    ...rows.map(line),
    line(['in all; mean', ...means]),
    '',
    ...(missing > 0 ? [`${missing} of ${words.length * columns.length} were not trained.`, ''] : []),
    '`make synthetic` trains what is missing and writes this.',
  ].join('\n');
}

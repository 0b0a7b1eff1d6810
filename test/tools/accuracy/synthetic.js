// SPDX-License-Identifier: Apache-2.0
/**
 * make synthetic: words without recordings. Trains a single-word model for each of five words from synthetic recordings
 * alone and with 10, 30 and 100 of people, tests it on people that it does not know, and writes the table of
 * docs/ACCURACY.md. What is in build/synthetic is not made again; what was not trained is left out of the table.
 * Arguments: the folder of recordings; then "report" to train nothing, or jobs such as computer-30.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { egru } from '../bench/egru.js';
import { folded } from '../bench/folded.js';
import { replaceSection } from '../bench/section.js';
import { emptied, link, peopleOf, WORDS } from './people.js';
import { SYNTHETIC, syntheticTable } from './synthetic-report.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const data = resolve(process.argv[2] ?? join(root, '../shared/data'));
const asked = process.argv.slice(3);
const out = process.env.EGRU_SYNTHETIC ?? join(root, 'build/synthetic');
const field = join(data, 'field/manifest.tsv');
const config = JSON.parse(readFileSync(join(root, 'models/training/synthetic.json'), 'utf8'));
const listFile = join(root, 'models/training/field-split.txt');
const cache = join(out, 'field.background');

const PEOPLE = [0, 30, 10, 100];
const SPOKEN = ['--count', '400', '--negatives', '600', '--engine', 'flite', 'espeak-ng'];
/** Synthetic recordings, as links, with so many of people beside them. */
function dataset(spoken, label, people) {
  const folder = emptied(join(out, `data-${label}-${people.length}`));
  for (const each of [label, 'other']) {
    mkdirSync(join(folder, each));
    for (const name of readdirSync(join(spoken, each)))
      symlinkSync(join(spoken, each, name), join(folder, each, name));
  }
  writeFileSync(join(folder, 'synthetic.tsv'), readFileSync(join(spoken, 'synthetic.tsv')));
  link(data, folder, people);
  return folder;
}

async function run(word, count) {
  const label = word.replaceAll(' ', '_');
  const name = `${label}-${count}`;
  const result = join(out, `${name}.json`);
  if (existsSync(result)) return;
  console.log(`${new Date().toISOString()} ${name}`);
  const spoken = join(out, 'spoken', label);
  if (!existsSync(spoken)) await egru('data', 'speak', word, '-o', spoken, ...SPOKEN);
  const people = peopleOf(data, label);
  const folder = dataset(spoken, label, people.train.slice(0, count));
  const background = { ...config.background, path: relative(folder, field), cache };
  background.sets = { ...background.sets, file: relative(out, listFile) };
  const file = join(out, `${name}.config.json`);
  writeFileSync(file, JSON.stringify({ ...config, start: join(root, 'models/digits'), background }));
  const model = join(out, name);
  const options = ['--config', file, '--threads', '1', '--every', '8', '--false-alarms-per-hour', '2'];
  const resume = existsSync(`${model}.checkpoint`) ? ['--resume'] : [];
  await egru('train', folder, '-o', model, ...options, ...resume);
  const keywords = emptied(join(out, `test-${label}`));
  link(data, keywords, people.test);
  const sets = ['--config', file, '--set', 'test', '--cache', cache];
  const judged = await egru(
    'tune',
    model,
    '--keywords',
    keywords,
    '--background',
    field,
    ...sets,
    '--dry-run',
    '--json',
  );
  const { before, hours } = JSON.parse(judged);
  writeFileSync(result, JSON.stringify({ word, people: count, hours, ...before }));
  console.log(
    `${new Date().toISOString()} ${name}: ${before.misses} of ${before.words}, ${before.falseAlarms}`,
  );
}

const jobs = PEOPLE.flatMap((count) => WORDS.map((word) => [word, count]));
const isAsked = ([word, count]) =>
  asked.length === 0 || asked.includes(`${word.replaceAll(' ', '_')}-${count}`);
mkdirSync(out, { recursive: true });
if (!asked.includes('report')) for (const job of jobs.filter(isAsked)) await run(...job);
const results = readdirSync(out)
  .filter((name) => /^[a-z_]+-\d+\.json$/.test(name))
  .map((name) => JSON.parse(readFileSync(join(out, name), 'utf8')));
const page = join(root, 'docs/ACCURACY.md');
const text = folded(syntheticTable(results, WORDS, PEOPLE));
if (asked.length === 0 || asked.includes('report')) {
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), SYNTHETIC, text));
  console.log(`wrote ${page}`);
}

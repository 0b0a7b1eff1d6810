// SPDX-License-Identifier: Apache-2.0
/**
 * make default-way: a folder with one wake word and one with background, trained by `egru train FOLDER` without a
 * configuration, for each of five words, tested on people and hours that it does not know; writes its section of
 * docs/ACCURACY.md. What is in build/default-way is not made again.
 * Arguments: the folder of recordings; then "report" to train nothing, or words such as view_glass.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { egru } from '../bench/egru.js';
import { folded } from '../bench/folded.js';
import { replaceSection } from '../bench/section.js';
import { DEFAULT_WAY, defaultWaySection } from './default-way-report.js';
import { emptied, link, peopleOf, WORDS } from './people.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const data = resolve(process.argv[2] ?? join(root, '../shared/data'));
const asked = process.argv.slice(3);
const out = process.env.EGRU_DEFAULT_WAY ?? join(root, 'build/default-way');
const field = join(data, 'field/manifest.tsv');
/** Names what of the field is background, and who tests. */
const sets = join(root, 'models/training/wake-words.json');

/** Links to all background but that of the set "test". */
function background(folder) {
  const { only, sets: split } = JSON.parse(readFileSync(sets, 'utf8')).background;
  const list = readFileSync(join(root, 'models/training', split.file), 'utf8').split('\n');
  const tests = new Set(
    list.filter((line) => /\stest$/.test(line)).map((line) => line.replace(/\s+test$/, '')),
  );
  mkdirSync(folder);
  for (const line of readFileSync(field, 'utf8').split('\n')) {
    const [kind, source, speaker, path] = line.split('\t');
    if (!only.values.includes(kind) || tests.has(speaker)) continue;
    const name = `${source}-${path.slice(path.lastIndexOf('/') + 1)}`;
    symlinkSync(join(data, 'field', path), join(folder, name));
  }
}

async function run(word) {
  const label = word.replaceAll(' ', '_');
  const result = join(out, `${label}.json`);
  if (existsSync(result)) return;
  const people = peopleOf(data, label);
  const folder = emptied(join(out, `data-${label}`));
  link(data, folder, [...people.train, ...people.validation]);
  background(join(folder, 'background'));
  const model = join(out, label);
  const resume = existsSync(`${model}.checkpoint`) ? ['--resume'] : [];
  const options = ['--false-alarms-per-hour', '2', '--every', '10'];
  const start = Date.now();
  await egru('train', folder, '-o', model, ...options, ...resume);
  const minutes = (Date.now() - start) / 60000;
  const keywords = emptied(join(out, `test-${label}`));
  link(data, keywords, people.test);
  const judged = await egru(
    ...['tune', model, '--keywords', keywords, '--background', field, '--config', sets],
    ...['--set', 'test', '--cache', join(out, 'field.background'), '--dry-run', '--json'],
  );
  const { before, curve, hours } = JSON.parse(judged);
  writeFileSync(result, JSON.stringify({ word, minutes, hours, curve, ...before }));
  console.log(
    `${label}: ${before.misses} of ${before.words} missed, ${before.falseAlarms} in ${hours} hours`,
  );
}

mkdirSync(out, { recursive: true });
const isAsked = (word) => asked.length === 0 || asked.includes(word.replaceAll(' ', '_'));
if (!asked.includes('report')) for (const word of WORDS.filter(isAsked)) await run(word);
const results = readdirSync(out)
  .filter((name) => /^[a-z_]+\.json$/.test(name))
  .map((name) => JSON.parse(readFileSync(join(out, name), 'utf8')));
if (asked.length === 0 || asked.includes('report')) {
  const page = join(root, 'docs/ACCURACY.md');
  const text = folded(defaultWaySection(results).join('\n'));
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), DEFAULT_WAY, text));
  console.log(`wrote ${page}`);
}

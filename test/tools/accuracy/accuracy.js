// SPDX-License-Identifier: Apache-2.0
/**
 * make accuracy: trains every network behind the figures of docs/ACCURACY.md, evaluates it and writes that file. What is
 * in build/accuracy already is not trained again, so that it can be ended and goes on. About two hours on two cores.
 * Arguments: the folder of recordings, ../shared/data by default; then "report", which only writes the file, or names
 * of models that ship, such as "wake-words": only their sections are measured and written.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { egru } from '../bench/egru.js';
import { folded } from '../bench/folded.js';
import { keptSection, replaceSection } from '../bench/section.js';
import { jobsOf, judgeGru } from './accuracy-jobs.js';
import { report } from './accuracy-report.js';
import { SHIPPED } from './accuracy-shipped.js';
import { DEFAULT_WAY } from './default-way-report.js';
import { FEATURES } from './extractors.js';
import { SYNTHETIC } from './synthetic-report.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const data = resolve(process.argv[2] ?? join(root, '../shared/data'));
const only = process.argv.slice(3);
const onlyReport = only.includes('report');
const file = join(root, 'docs/ACCURACY.md');
const digits = join(data, 'spoken-digits');
const out = join(root, 'build/accuracy');
if (!existsSync(digits)) {
  console.error(`no recordings in ${digits}: npx egru data fetch spoken-digits brings them`);
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const json = async (...words) => JSON.parse(await egru(...words, '--json'));

async function train({ name, config, seed, data: dataset }) {
  const folder = join(out, name);
  if (existsSync(join(folder, 'training.json'))) return;
  console.log(`training ${name}`);
  const file = join('models/training', `${config}.json`);
  const options = ['--config', file, '--seed', String(seed), '--threads', '1', '--every', '20'];
  const resume = existsSync(`${folder}.checkpoint`) ? ['--resume'] : [];
  await egru('train', dataset, '-o', folder, ...options, ...resume);
}

async function evaluateJob({ name, seed, config, filter }) {
  const folder = join(out, name);
  const { best, epochs } = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8'));
  const pattern = ['--pattern', '{label}_{speaker}_{index}.wav'];
  const test = config.endsWith('gru')
    ? judgeGru(folder, digits)
    : await json('eval', folder, digits, '--filter', filter, ...pattern);
  const nonZero = 1 - (epochs[best.epoch]?.zeroShare ?? 0);
  return { name, seed, nonZero, best, seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0), test };
}

/** Replaces sections by those of the same heading. */
async function rewrite(names) {
  for (const name of names) {
    const lines = await SHIPPED[name](json, data);
    const page = readFileSync(file, 'utf8'); // now: measuring takes minutes
    const section = folded(['', `## ${name}`, '', ...lines, ''].join('\n'));
    const [before, rest] = page.split(`\n## ${name}\n`);
    const next = rest === undefined ? -1 : rest.search(/\n## /);
    writeFileSync(file, `${before}${section}${next < 0 ? '' : rest.slice(next)}`);
  }
}

const named = only.filter((name) => name in SHIPPED);
if (named.length > 0) {
  await rewrite(named);
  process.exit(0);
}

const groups = jobsOf(digits, out);
const queue = Object.values(groups).flat();
if (!onlyReport) {
  const todo = [...queue];
  const worker = async () => {
    for (let job = todo.shift(); job !== undefined; job = todo.shift()) await train(job);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
const results = {};
for (const [group, list] of Object.entries(groups)) {
  results[group] = [];
  for (const job of list) results[group].push(await evaluateJob(job));
}
const before = readFileSync(file, 'utf8');
writeFileSync(file, folded(report(results)));
await rewrite(Object.keys(SHIPPED));
const kept = [FEATURES, SYNTHETIC, DEFAULT_WAY].reduce(
  (page, title) => replaceSection(page, title, keptSection(before, title)),
  readFileSync(file, 'utf8'),
);
writeFileSync(file, kept);
console.log(`wrote ${file}`);

// SPDX-License-Identifier: Apache-2.0
/**
 * What three examples per word give to each of the six speakers of spoken-digits whom training left out, beside what
 * training with that speaker gives: a table of docs/learning/LEARNING.md, by the reference, whose integers are the
 * chip's. Needs build/accuracy/digits-without-SPEAKER, which `make accuracy` trains; models/digits is the training with
 * all six.
 * Usage: node test/tools/learning/few-shot-six.js [DATA]; DATA has spoken-digits/, ../shared/data by default
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Learner } from '../../../build/dist/core/sim/learner.js';
import { loadProgram } from '../../../build/dist/host/load/load-program.js';
import { clipProgram } from '../../../build/dist/machines/batch/clip-input.js';
import { SPEAKERS } from '../accuracy/accuracy-jobs.js';
import { table } from '../bench/folded.js';
import { EXAMPLES, percent, right, traced } from './clips.js';

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
/** The official test; no example is of it. */
const TESTED = [0, 1, 2, 3, 4];
/** Of other speakers: those that chose the epoch, on which no weight was trained. */
const OTHERS = [5, 6, 7, 8, 9];
/** Examples are recordings 10 .. 49, EXAMPLES other ones in every turn. */
const FIRST = 10;
const TURNS = 10;

const programOf = (folder) => clipProgram(loadProgram(folder), folder);

/** Traces of recordings of all words, in turn: the first of each word, then the second. */
async function tracesOf(program, data, speaker, indices) {
  const clips = [];
  for (const i of indices) {
    for (const [digit, word] of WORDS.entries()) {
      const file = join(data, 'spoken-digits', `${digit}_${speaker}_${i}.wav`);
      clips.push(await traced(program, file, program.labels.indexOf(word)));
    }
  }
  return clips;
}

/** Right of all tested, summed over the turns, before and after the examples; the same of each other speaker. */
async function judge(folder, data, speaker) {
  const program = programOf(folder);
  const own = await tracesOf(program, data, speaker, TESTED);
  const others = [];
  for (const name of SPEAKERS.filter((one) => one !== speaker))
    others.push({ name, clips: await tracesOf(program, data, name, OTHERS), after: 0 });
  const bare = new Learner(program);
  const result = { clips: TURNS * own.length, before: TURNS * right(bare, own), after: 0 };
  for (let turn = 0; turn < TURNS; turn++) {
    const indices = Array.from({ length: EXAMPLES }, (_, i) => FIRST + turn * EXAMPLES + i);
    const learner = new Learner(program);
    for (const { trace, label } of await tracesOf(program, data, speaker, indices))
      learner.learn(trace, label);
    result.after += right(learner, own);
    for (const other of others) other.after += right(learner, other.clips);
  }
  const losses = others.map(({ name, clips, after }) => ({
    name,
    clips: TURNS * clips.length,
    lost: TURNS * right(bare, clips) - after,
  }));
  return { ...result, losses };
}

/** Training with the speaker: right of the same recordings, as often as there are turns. */
async function retrained(data, speaker) {
  const program = programOf('models/digits');
  return TURNS * right(new Learner(program), await tracesOf(program, data, speaker, TESTED));
}

function row(name, { clips, before, after, full, losses }) {
  const lost = losses.reduce((sum, one) => sum + one.lost, 0);
  const all = losses.reduce((sum, one) => sum + one.clips, 0);
  const most = losses.reduce((a, b) => (b.lost / b.clips > a.lost / a.clips ? b : a));
  return [
    ...[name, percent(before, clips), percent(after, clips), percent(full, clips)],
    full > before ? `${percent(after - before, full - before)} %` : '-',
    percent(-lost, all),
    `${percent(-most.lost, most.clips)} (${most.name})`,
  ];
}

const data = process.argv[2] ?? '../shared/data';
const folderOf = (speaker) => join('build/accuracy', `digits-without-${speaker}`);
const missing = SPEAKERS.filter((speaker) => !existsSync(join(folderOf(speaker), 'model.json')));
if (!existsSync(join(data, 'spoken-digits'))) {
  console.log(
    `${data} has no spoken-digits: nothing is measured (npx egru data fetch spoken-digits brings it)`,
  );
} else if (missing.length > 0) {
  console.log(
    `not trained yet, without ${missing.join(', ')}: make accuracy trains them; nothing is measured`,
  );
} else {
  const results = [];
  for (const speaker of SPEAKERS)
    results.push({
      speaker,
      ...(await judge(folderOf(speaker), data, speaker)),
      full: await retrained(data, speaker),
    });
  const sum = (of) => results.reduce((all, result) => all + of(result), 0);
  const mean = {
    ...{ clips: sum(({ clips }) => clips), before: sum(({ before }) => before) },
    ...{ after: sum(({ after }) => after), full: sum(({ full }) => full) },
    losses: results.flatMap(({ losses }) => losses),
  };
  const head = [
    'speaker',
    'before, %',
    'after, %',
    'trained with, %',
    'of the gain',
    'others, points',
    'most',
  ];
  const rows = [...results.map((result) => row(result.speaker, result)), row('mean', mean)];
  for (const line of table(head, rows)) console.log(line);
}

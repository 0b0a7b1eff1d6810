// SPDX-License-Identifier: Apache-2.0
/**
 * What three examples per word are worth to a speaker whom training did not have, and what they cost others: the table of
 * docs/learning/LEARNING.md, by the reference, whose integers are the chip's.
 * Usage: node test/tools/learning/few-shot.js [DATA [MODEL]]; DATA has field/, ../shared/data by default
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Learner } from '../../../build/dist/core/sim/learner.js';
import { loadProgram } from '../../../build/dist/host/load/load-program.js';
import { clipProgram } from '../../../build/dist/machines/batch/clip-input.js';
import { table } from '../bench/folded.js';
import { EXAMPLES, percent, right, traced } from './clips.js';

const SPEAKERS = 20;
/** Times that examples are chosen anew. */
const TURNS = 5;

/** Recordings of speakers who are in no training set, by speaker and word, in the order of their names. */
function recordings(data) {
  const judges = new Set(
    readFileSync('models/training/field-split.txt', 'utf8')
      .split('\n')
      .flatMap((line) => line.match(/^(.*\S)\s+(?:test|validation)$/)?.[1] ?? []),
  );
  const speakers = new Map();
  for (const line of readFileSync(join(data, 'field/manifest.tsv'), 'utf8').split('\n').sort()) {
    const [category, , speaker, path, , , word] = line.split('\t');
    if (category !== 'digits' || !judges.has(speaker)) continue;
    const words = speakers.get(speaker) ?? new Map();
    words.set(word, [...(words.get(word) ?? []), join(data, 'field', path)]);
    speakers.set(speaker, words);
  }
  return speakers;
}

/** Speakers who have words with more recordings than examples, those with the most first; and all others. */
function chosen(speakers) {
  const left = (words) =>
    [...words.values()].reduce((sum, files) => sum + Math.max(0, files.length - EXAMPLES), 0);
  const sorted = [...speakers].sort(([a, x], [b, y]) => left(y) - left(x) || (a < b ? -1 : 1));
  return sorted.map(([name, words], i) => ({ name, words, taught: i < SPEAKERS && left(words) > 0 }));
}

/** The speaker with a trace of every recording. */
async function heard(program, { name, words, taught }) {
  const clips = [];
  for (const [word, files] of words) {
    for (const [i, file] of files.entries()) {
      clips.push({
        ...(await traced(program, file, program.labels.indexOf(word))),
        ...{ i, of: files.length },
      });
    }
  }
  return { name, taught, clips };
}

/** Every recording of a word is an example in as many turns as there are examples, and is tested in the others. */
const isExample = ({ i, of }, turn) => (i - turn + of * TURNS) % of < EXAMPLES;

/** One row per speaker, summed over the turns: tested recordings, right before and after; the same of all others. */
export function judge(program, speakers) {
  const bare = new Learner(program);
  return speakers
    .filter(({ taught }) => taught)
    .map((self) => {
      const others = speakers.filter((one) => one !== self).flatMap(({ clips }) => clips);
      const row = {
        name: self.name,
        clips: 0,
        before: 0,
        after: 0,
        others: { clips: 0, before: 0, after: 0 },
      };
      const othersBefore = right(bare, others);
      for (let turn = 0; turn < TURNS; turn++) {
        const words = self.clips.filter(({ of }) => of > EXAMPLES);
        const examples = words.filter((clip) => isExample(clip, turn));
        const judging = words.filter((clip) => !isExample(clip, turn));
        const learner = new Learner(program);
        // One of each word in turn.
        const place = ({ i, of }) => (i - turn + of * TURNS) % of;
        for (const { trace, label } of [...examples].sort((a, b) => place(a) - place(b)))
          learner.learn(trace, label);
        row.clips += judging.length;
        row.before += right(bare, judging);
        row.after += right(learner, judging);
        row.others.clips += others.length;
        row.others.before += othersBefore;
        row.others.after += right(learner, others);
      }
      return row;
    });
}

const data = process.argv[2] ?? '../shared/data';
const path = process.argv[3] ?? 'models/digits';
if (!existsSync(join(data, 'field/manifest.tsv'))) {
  console.log(`${data} has no field/manifest.tsv: nothing is measured`);
} else {
  const program = clipProgram(loadProgram(path), path);
  const speakers = [];
  for (const one of chosen(recordings(data))) speakers.push(await heard(program, one));
  const rows = judge(program, speakers);
  const sum = (of) => rows.reduce((all, row) => all + of(row), 0);
  const total = {
    ...{ name: 'all', clips: sum((row) => row.clips) },
    ...{ before: sum((row) => row.before), after: sum((row) => row.after) },
    others: {
      clips: sum((row) => row.others.clips),
      before: sum((row) => row.others.before),
      after: sum((row) => row.others.after),
    },
  };
  const cells = ({ name, clips, before, after, others }) => [
    ...[name, `${clips}`, percent(before, clips), percent(after, clips), percent(after - before, clips)],
    percent(others.after - others.before, others.clips),
  ];
  const head = ['speaker', 'tested', 'right before, %', 'after, %', 'gain, points', 'others, points'];
  for (const line of table(head, [...rows, total].map(cells))) console.log(line);
  const most = speakers.flatMap(({ clips }) => clips).length;
  console.log(
    `\n${speakers.length} speakers with ${most} recordings; others: all recordings but the speaker's own`,
  );
}

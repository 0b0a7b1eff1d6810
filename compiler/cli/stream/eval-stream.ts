// SPDX-License-Identifier: Apache-2.0
/** egru eval --stream: false rejects (misses) against false accepts (false alarms). */

import { heardRate, hearingOf } from '../../host/audio/heard.ts';
import { WholeFolder } from '../../host/files/whole-folder.ts';
import { Progress } from '../../host/pool/progress.ts';
import {
  evaluateStreamOn,
  evaluateStreamOnReference,
  type StreamEvaluation,
  type StreamEvaluationInput,
  type StreamOutcome,
} from '../../report/evaluate/stream-evaluation.ts';
import {
  countColumn,
  grouped,
  numberColumn,
  percent,
  shareColumn,
  textColumn,
} from '../../report/table/table.ts';
import type { EvalOptions } from '../shared/eval-options.ts';
import { openStreams, type StreamInput } from '../shared/input.ts';
import { count, print, printJson } from '../shared/output.ts';
import { withMachine } from '../shared/target.ts';
import { tableLines } from '../terminal/table.ts';
import { KEPT_MISTAKES, type KeptMistake, keepMistakes } from './keep-mistakes.ts';
import { defaultNote } from './run-stream.ts';
import { folderOf, openSources, statedTruth } from './sources.ts';
import { readSurroundings } from './surroundings.ts';

export async function evalStream(
  model: string,
  audio: readonly string[],
  options: EvalOptions,
): Promise<void> {
  const { paths, rows } = openSources(audio, options);
  const input = openStreams(model, paths, options);
  const surroundings = readSurroundings(options);
  const names = input.files.map((file) => rows.get(file)?.source ?? folderOf(audio, file));
  const sources = [...new Set(names)];
  const { labels } = input.program;
  const files = input.files.map((file, i) => {
    const label = rows.get(file)?.label;
    const truth = label === undefined ? input.truth(file) : statedTruth(labels, label);
    return { file, truth, source: sources.indexOf(names[i] ?? '') };
  });
  const folder = options.keepMistakes === undefined ? null : new WholeFolder(options.keepMistakes);
  try {
    const keep = folder === null ? 0 : KEPT_MISTAKES;
    const began = performance.now();
    const outcome = await evaluate({ program: input.program, files, sources, surroundings, keep }, options);
    const seconds = (performance.now() - began) / 1000;
    const rate = Math.round(heardRate(hearingOf(input.program)));
    const kept =
      folder === null
        ? []
        : keepMistakes(options.keepMistakes ?? '', folder, outcome.mistakes, labels, sources, rate);
    report(input, outcome, seconds, kept, options);
  } finally {
    folder?.discard();
  }
}

function report(
  input: StreamInput,
  { evaluation }: StreamOutcome,
  seconds: number,
  kept: readonly KeptMistake[],
  { json, keepMistakes: folder }: EvalOptions,
): void {
  const realTimeFactor = seconds / (3600 * evaluation.allHours);
  if (json) {
    const mistakes = folder === undefined ? {} : { mistakes: kept };
    printJson({ ...evaluation, seconds, realTimeFactor, ...mistakes });
    return;
  }
  print(...summary(evaluation), speed(evaluation, seconds), '');
  if (evaluation.sources.length > 1) print(...bySource(evaluation), '');
  print(...curve(evaluation));
  if (folder !== undefined) {
    print('', `${folder}: ${count(kept.length, 'mistake')} of highest score, and mistakes.tsv`);
  }
  if (!input.stated) print('', defaultNote(input));
}

async function evaluate(
  input: StreamEvaluationInput,
  { on, kernel }: Pick<EvalOptions, 'on' | 'kernel'>,
): Promise<StreamOutcome> {
  const progress = new Progress('Listening');
  const onDone = (done: number, total: number) => progress.update(done, total);
  try {
    return on === 'reference'
      ? await evaluateStreamOnReference(input, onDone)
      : await withMachine(on, input.program, kernel, (machine) => evaluateStreamOn(machine, input, onDone));
  } finally {
    progress.finish();
  }
}

function summary(evaluation: StreamEvaluation): string[] {
  const { hours, keywords, misses, falseAlarms, confusions, repeats, falseAlarmsPerHourLimit } = evaluation;
  const lines: string[] = [];
  if (keywords > 0) {
    lines.push(
      `${grouped(misses)} of ${count(keywords, 'keyword')} missed: false reject rate ${percent(misses / keywords)}`,
      `${grouped(confusions)} detected as another one, ${grouped(repeats)} detected again`,
    );
  }
  if (falseAlarmsPerHourLimit !== null) {
    lines.push(
      `${count(falseAlarms, 'false accept')} in ${(60 * hours).toFixed(1)} minutes of background: ` +
        `at most ${falseAlarmsPerHourLimit.toFixed(2)} per hour (95 %)`,
    );
  }
  return lines;
}

function speed({ allHours }: StreamEvaluation, seconds: number): string {
  const factor = (3600 * allHours) / seconds;
  return `${allHours.toFixed(2)} hours in ${seconds.toFixed(1)} s: ${grouped(Math.round(factor))} times faster than the sound`;
}

/** Sources that a table shows, those with the most false accepts first. */
const SOURCES = 20;

function bySource({ sources }: StreamEvaluation): string[] {
  const sorted = [...sources].sort((a, b) => b.falseAlarms - a.falseAlarms || b.misses - a.misses);
  const columns = [
    textColumn('source', { shrinks: true }),
    numberColumn('hours', 2),
    countColumn('false accepts'),
    numberColumn('per hour', 1),
    countColumn('keywords'),
    shareColumn('missed'),
  ];
  const rows = sorted
    .slice(0, SOURCES)
    .map(({ source, hours, falseAlarms, keywords, misses }) => [
      source,
      hours,
      falseAlarms,
      hours === 0 ? null : falseAlarms / hours,
      keywords,
      keywords === 0 ? null : misses / keywords,
    ]);
  const more = sorted.length - SOURCES;
  return [
    ...tableLines({ columns, rows }),
    ...(more > 0 ? [`and ${count(more, 'source')} more (--json has all)`] : []),
  ];
}

/** Rows of the table: one in so many points of the sweep. */
const EVERY = 4;

function curve({ det }: StreamEvaluation): string[] {
  const columns = [
    countColumn('threshold'),
    shareColumn('false rejects'),
    numberColumn('false accepts per hour', 1),
  ];
  const rows = det
    .filter((_, i) => i % EVERY === EVERY - 1)
    .map(({ threshold, missRate, falseAlarmsPerHour }) => [threshold, missRate, falseAlarmsPerHour]);
  return tableLines({ columns, rows });
}

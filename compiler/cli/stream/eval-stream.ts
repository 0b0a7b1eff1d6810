// SPDX-License-Identifier: Apache-2.0
/** egru eval --stream: false rejects (misses) against false accepts (false alarms). */
import { Progress } from '../../host/pool/progress.ts';
import {
  evaluateStreamOn,
  evaluateStreamOnReference,
  type StreamEvaluation,
} from '../../report/evaluate/stream-evaluation.ts';
import type { EvalOptions } from '../shared/eval-options.ts';
import { openStreams, type StreamInput } from '../shared/input.ts';
import { count, grouped, percent, print, printJson, table } from '../shared/output.ts';
import { withMachine } from '../shared/target.ts';
import { defaultNote } from './run-stream.ts';

export async function evalStream(
  model: string,
  audio: readonly string[],
  options: EvalOptions,
): Promise<void> {
  const input = openStreams(model, audio, options);
  const evaluation = await evaluate(input, options);
  if (options.json) return printJson(evaluation);
  print(...summary(evaluation), '', ...curve(evaluation));
  if (!input.stated) print('', defaultNote(input));
}

async function evaluate(
  { program, files, truth }: StreamInput,
  { on, kernel, snr, noise: colour, seed }: EvalOptions,
): Promise<StreamEvaluation> {
  const labelled = files.map((file) => ({ file, truth: truth(file) }));
  const noise = snr === undefined ? null : { colour, snr, seed };
  const progress = new Progress('Listening');
  const onDone = (done: number, total: number) => progress.update(done, total);
  try {
    return on === 'reference'
      ? await evaluateStreamOnReference(program, labelled, noise, onDone)
      : await withMachine(on, program, kernel, (machine) =>
          evaluateStreamOn(machine, program, labelled, noise, onDone),
        );
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

/** Rows of the table: one in so many points of the sweep. */
const EVERY = 4;

function curve({ det }: StreamEvaluation): string[] {
  const columns = ['threshold', 'false rejects', 'false accepts per hour'].map((title) => ({
    title,
    align: 'right' as const,
  }));
  const rows = det
    .filter((_, i) => i % EVERY === EVERY - 1)
    .map(({ threshold, missRate, falseAlarmsPerHour }) => [
      grouped(threshold),
      missRate === null ? '-' : percent(missRate),
      falseAlarmsPerHour === null ? '-' : falseAlarmsPerHour.toFixed(1),
    ]);
  return table(columns, rows);
}

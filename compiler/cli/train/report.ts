// SPDX-License-Identifier: Apache-2.0
/** What a training prints at its end. */

import { printable } from '../../core/base/errors.ts';
import { type Evaluation, evaluate } from '../../report/evaluate/evaluation.ts';
import { grouped, percent } from '../../report/table/table.ts';
import type { Tuning } from '../../report/tune/choose.ts';
import type { Entry } from '../../training/data/entry.ts';
import { trainedCell } from '../../training/train/cells/index.ts';
import type { TrainingJob } from '../../training/train/job.ts';
import type { RunEnd } from '../../training/train/run.ts';
import { classify } from '../shared/classify.ts';
import { openClips } from '../shared/input.ts';
import { count, print, printJson, shellWord } from '../shared/output.ts';
import { choiceLines } from '../shared/tuning-report.ts';
import { factLines } from '../terminal/table.ts';
import { duration } from './progress.ts';
import type { TrainInput } from './train-input.ts';

export interface Trained {
  /** As it was given. */
  readonly dataset: string;
  readonly output: string;
  readonly input: TrainInput;
  readonly job: TrainingJob;
  readonly end: RunEnd;
  /** Of the model; none where nothing is worth keeping. */
  readonly files: readonly string[];
  /** Thresholds of a model for streams; null: it has none. */
  readonly tuning: Tuning | null;
}

export interface ReportOptions {
  readonly json: boolean;
  readonly test: boolean;
  /** Where the training can go on from; null: it is done. */
  readonly checkpoint: string | null;
}

export async function reportTraining(trained: Trained, options: ReportOptions): Promise<void> {
  const test =
    options.test && trainedCell({ type: trained.input.config.cell }).compiled && trained.input.test.length > 0
      ? await evaluateTest(trained)
      : null;
  if (options.json) printJson({ ...facts(trained), test, checkpoint: options.checkpoint });
  else print(...summary(trained, test, options.checkpoint));
}

/** The test split by the model that was written, as the chip computes it. */
async function evaluateTest({ output, input: { test } }: Trained): Promise<Evaluation> {
  const files = test.map(({ file }) => file);
  const { program, model } = openClips(output, files, {});
  const truth = new Map(test.map(({ file, label }: Entry) => [file, program.labels.indexOf(label)]));
  const machine = { on: 'reference', kernel: 'auto' } as const;
  const predicted = await classify({ program, model, files, truth: () => null }, machine, 'Evaluating');
  return evaluate(
    program.labels,
    predicted.map(({ label }, i) => [truth.get(files[i] ?? '') ?? -1, label]),
  );
}

function facts({ output, input, job, end, files, tuning }: Trained): object {
  const { best, records } = job.state;
  const { data, unusable } = input;
  return {
    model: output,
    end: end.reason,
    ...(end.reason === 'diverged' ? { diverged: { epoch: end.failure.epoch, step: end.failure.step } } : {}),
    epochs: records.length,
    best:
      best === null ? null : { ...best, parameters: undefined, zeroShare: records[best.epoch]?.zeroShare },
    labels: data.labels,
    clips: {
      training: data.training.length,
      validation: data.validation.length,
      test: input.test.length,
    },
    unusable: unusable.map(({ entry, error }) => ({ file: entry.file, problem: error.problem })),
    files,
    suspects: job.suspects(),
    ...(tuning === null ? {} : { thresholds: { ...tuning, curve: undefined, keywords: undefined } }),
  };
}

const ENDS: Readonly<Record<RunEnd['reason'], string>> = {
  finished: 'all epochs done',
  'no-progress': 'ended early: no progress',
  interrupted: 'interrupted',
  diverged: 'ended early: the loss is not a finite number',
};

function summary(
  { dataset, output, input, job, end, files, tuning }: Trained,
  test: Evaluation | null,
  checkpoint: string | null,
) {
  const { best, records } = job.state;
  const { data, config } = input;
  const seconds = records.reduce((sum, record) => sum + record.seconds, 0);
  const rows: [string, string][] = [
    ['labels', grouped(data.labels.length)],
    [
      'clips',
      `${grouped(data.training.length)} train, ${grouped(data.validation.length)} validate, ${grouped(input.test.length)} kept for the test`,
    ],
    ['end', `${ENDS[end.reason]}, ${count(records.length, 'epoch')} in ${duration(seconds)}`],
  ];
  if (best !== null) {
    const { validationAccuracy, epoch, quantized } = best;
    const right = Math.round(validationAccuracy * data.validation.length);
    const levels = quantized ? 'quantization-aware' : 'in float';
    rows.push(['best epoch', `${epoch + 1}, ${levels}`]);
    const clips =
      data.background != null || config.labels === 'steps'
        ? 'of the steps'
        : `${right} of ${data.validation.length}`;
    rows.push(['validation', `${percent(validationAccuracy)} (${clips})`]);
    rows.push(['zero weights', percent(records[epoch]?.zeroShare ?? 0)]);
  }
  const rounds = job.state.mining?.rounds ?? [];
  const [first, last] = [rounds[0], rounds.at(-1)];
  if (first !== undefined && last !== undefined) {
    const [from, to] = [first, last].map(({ eventsPerHour }) => eventsPerHour.toFixed(1));
    rows.push(['mining', `${count(rounds.length, 'round')}, ${from} to ${to} false alarms per hour`]);
    rows.push(['', 'at 10 % missed, in the background that trains']);
  }
  const warning = belowMajority(input, best);
  if (test !== null) {
    const [low, high] = test.interval;
    rows.push([
      'test, integers',
      `${percent(test.accuracy)} (${test.correct} of ${test.clips}; 95 % interval ${percent(low)} to ${percent(high)})`,
    ]);
  }
  return [
    ...factLines(rows, 16),
    ...(warning === null ? [] : ['', warning]),
    ...(tuning === null ? [] : ['', 'thresholds, on recordings that validate:', ...choiceLines(tuning)]),
    ...(tuning === null && input.data.background == null ? ['', ...NO_BACKGROUND] : []),
    ...(input.syntheticBackground ? ['', ...SYNTHETIC_BACKGROUND] : []),
    '',
    ...files.map(printable),
    ...(files.length === 0 ? ['No epoch was finished: nothing was written.'] : []),
    '',
    ...next(dataset, output, input, checkpoint),
  ];
}

/** What thresholds rest on that were chosen by voices of machines. */
const SYNTHETIC_BACKGROUND = [
  'note: all of the background is synthetic. Among people and in rooms false alarms will be',
  'more than this: add recordings of them to its folder and train again.',
];

/** What a model that only knows words lacks. */
const NO_BACKGROUND = [
  'WARNING: no background. In a stream this model will fire at any sound. What is',
  'missing are hours of sound without your words: radio, talk at your table, music,',
  'the empty room, Common Voice. Put them into a folder "other" beside the words',
  '(or --background LABEL) and train again: half an hour is a beginning, five are',
  'better.',
];

/** Whoever always answers the commonest label is right so often: a model that is no better has learnt nothing. */
function belowMajority({ config, data }: TrainInput, best: TrainingJob['state']['best']): string | null {
  // Of steps most are background, and their labels are drawn anew in every epoch.
  if (best === null || config.labels === 'steps' || data.validation.length === 0) return null;
  // The windows of background are not among these clips.
  if (data.background != null) return null;
  const counts = data.labels.map((_, i) => data.validation.filter(({ label }) => label === i).length);
  const most = Math.max(...counts);
  const share = most / data.validation.length;
  if (best.validationAccuracy > share) return null;
  const name = printable(data.labels[counts.indexOf(most)] ?? '');
  return `THIS MODEL IS NOT BETTER THAN THE MAJORITY CLASS "${name}" (${percent(share)} OF THE VALIDATION). DO NOT FLASH IT.`;
}

/** The command to type now. */
function next(
  dataset: string,
  output: string,
  { config, data, test }: TrainInput,
  checkpoint: string | null,
): string[] {
  const [from, model] = [dataset, output].map(shellWord);
  if (checkpoint !== null)
    return [`next: the same command with --resume continues from ${printable(checkpoint)}`];
  if (!trainedCell({ type: config.cell }).compiled) return ['A GRU is a baseline: it cannot be compiled.'];
  const hasTest =
    test.length > 0 && data.splits !== undefined && data.splits !== null && 'test' in data.splits;
  if (hasTest) return [`next: egru eval ${model} ${from} --split test`];
  return [`next: egru compile ${model} -o build/${shellWord(config.name)}`];
}

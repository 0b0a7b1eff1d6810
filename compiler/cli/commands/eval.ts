// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';
import { InputError, printable } from '../../core/base/errors.ts';
import { Progress } from '../../host/pool/progress.ts';
import { type Evaluation, evaluate } from '../../report/evaluate/evaluation.ts';
import type { FloatEvaluation, Share } from '../../report/evaluate/float-evaluation.ts';
import {
  countColumn,
  grouped,
  percent,
  rightColumn,
  shareColumn,
  textColumn,
} from '../../report/table/table.ts';
import { classify } from '../shared/classify.ts';
import {
  fileColumnOption,
  filterOption,
  jsonOption,
  kernelOption,
  labelColumnOption,
  limitOption,
  machineOption,
  newCommand,
  patternOption,
  streamOption,
  strictOption,
} from '../shared/command.ts';
import type { EvalOptions } from '../shared/eval-options.ts';
import { hearThroughOption, microphoneOption } from '../shared/hearing.ts';
import { type ClipInput, knownTruths, openClips } from '../shared/input.ts';
import { count, print, printJson } from '../shared/output.ts';
import { evalStream } from '../stream/eval-stream.ts';
import { surroundingsOptions } from '../stream/surroundings.ts';
import { outputWidth, pad, tableLines } from '../terminal/table.ts';

export function evalCommand(): Command {
  const command = newCommand('eval', 'Measure accuracy, confusion matrix and recall of a model.', [
    {
      command: 'egru eval models/spoken-digits digits/ --split test',
      does: 'the split that model.json calls test',
    },
    {
      command: 'egru eval my-model clips/ --float',
      does: 'clips in folders named like their labels, and the loss by quantization',
    },
    {
      command: 'egru eval my-model clips/ --stream',
      does: 'false rejects of keywords and false accepts per hour of background',
    },
    {
      command: 'egru eval my-model clips/ --stream --snr 10 --noise street/',
      does: 'the same with recorded noise 10 dB below each file',
    },
    {
      command: 'egru eval my-model evening/ --stream --board mkrzero --keep-mistakes wrong',
      does: 'as this board captures it; the worst mistakes as WAV files',
    },
  ])
    .argument('<model>', 'model folder or program.json')
    .argument('<folder...>', 'folders of recordings, or recordings; with --stream also tables')
    .addOption(machineOption())
    .addOption(kernelOption())
    .option('--split <name>', 'only files of this split of model.json')
    .addOption(filterOption())
    .addOption(limitOption())
    .addOption(patternOption())
    .addOption(hearThroughOption())
    .addOption(microphoneOption())
    .addOption(streamOption())
    .addOption(fileColumnOption())
    .addOption(labelColumnOption())
    .option(
      '--source-column <name>',
      'column of a table by which false accepts are also counted, or its number',
    )
    .option(
      '--keep-mistakes <folder>',
      'with --stream: the ten of highest score as WAV files, up to the event',
    );
  for (const option of surroundingsOptions()) command.addOption(option);
  return command
    .option('--float', 'also in floating point: the loss by quantization')
    .addOption(strictOption())
    .addOption(jsonOption())
    .action(run);
}

/** Options that make no sense without --stream, and their names here. */
const STREAM_ONLY = [
  ['--snr', 'snr'],
  ['--level', 'level'],
  ['--peak', 'peak'],
  ['--file-column', 'fileColumn'],
  ['--label-column', 'labelColumn'],
  ['--source-column', 'sourceColumn'],
  ['--keep-mistakes', 'keepMistakes'],
] as const;

async function run(model: string, audio: readonly string[], options: EvalOptions): Promise<void> {
  if (options.stream === true) {
    if (options.float === true)
      throw new InputError('--float', 'evaluates clips and cannot be combined with --stream');
    return evalStream(model, audio, options);
  }
  const [flag] = STREAM_ONLY.filter(([, name]) => options[name] !== undefined);
  if (flag !== undefined) throw new InputError(flag[0], 'evaluates streams and also needs --stream');
  const input = openClips(model, audio, options);
  if (options.float === true && input.model === null) {
    throw new InputError(model, 'does not contain the trained weights; --float needs the model folder');
  }
  const { labels } = input.program;
  const truths = knownTruths(input);
  const results = await classify(input, options, 'Evaluating');
  const evaluation = evaluate(
    labels,
    results.map(({ label }, i) => [truths[i] ?? -1, label]),
  );
  const predicted = results.map(({ label }) => label);
  const noSpeech = results.filter(({ speech }) => !speech).length;
  const float = options.float === true ? await inFloat(input, truths, predicted) : null;
  if (options.json) printJson({ ...evaluation, noSpeech, ...(float === null ? {} : { float }) });
  else {
    print(...summary(evaluation));
    if (noSpeech > 0)
      print(`${count(noSpeech, 'clip')} without speech (VAD inactive in every frame); they count`);
    print('', ...matrix(evaluation, outputWidth()));
    if (float !== null) print('', ...floatTable(evaluation, float));
  }
}

async function inFloat(
  { model, program, files }: ClipInput,
  truths: readonly number[],
  predicted: readonly number[],
): Promise<FloatEvaluation> {
  if (model === null) throw new Error('--float needs a model');
  const { evaluateFloat } = await import('../../report/evaluate/float-evaluation.ts');
  const progress = new Progress('In floating point');
  const onDone = (done: number) => progress.update(done, files.length);
  try {
    return await evaluateFloat(model, program, files, truths, predicted, onDone);
  } finally {
    progress.finish();
  }
}

function floatTable(
  evaluation: Evaluation,
  { full, quantized, changed, offLevel }: FloatEvaluation,
): string[] {
  const row = (name: string, { correct, accuracy, interval: [low, high] }: Share, others: number | '') => [
    name,
    correct,
    accuracy,
    `${percent(low)} to ${percent(high)}`,
    others,
  ];
  return [
    ...tableLines({
      columns: [
        textColumn('weights, arithmetic'),
        countColumn('right'),
        shareColumn('accuracy'),
        rightColumn('95 % interval'),
        countColumn('changed'),
      ],
      rows: [
        row('full, float', full, ''),
        row('quantized, float', quantized, changed.byLevels),
        row('quantized, integers', evaluation, changed.byIntegers),
      ],
    }),
    'Changed: clips with another predicted label than in the line above.',
    ...(offLevel === 0
      ? ['The weights file holds quantized weights: nothing was lost by quantizing them.']
      : []),
  ];
}

function summary({ clips, correct, accuracy, interval: [low, high] }: Evaluation): string[] {
  return [
    `${grouped(correct)} of ${count(clips, 'clip')} right: accuracy ${percent(accuracy)}, ` +
      `95 % interval ${percent(low)} to ${percent(high)}`,
  ];
}

const RECALL = 10;

/** The confusion matrix where it fits, with the recall of every class; otherwise recalls and the commonest errors. */
export function matrix(evaluation: Evaluation, width: number): string[] {
  const { confusion, recall } = evaluation;
  const labels = evaluation.labels.map(printable);
  const digits = Math.max(...confusion.flat().map((n) => grouped(n).length));
  const side = Math.min(16, Math.max(5, ...labels.map((label) => [...label].length)));
  const room = Math.floor((width - side - 2 - RECALL) / labels.length);
  const longest = Math.max(...labels.map((label) => [...label].length));
  const cell = Math.min(room, Math.max(digits, longest) + 1);
  const head = (label: string, n: number) => pad([...label].slice(0, n).join(''), n, 'left');
  if (cell <= Math.max(digits, Math.min(2, longest))) return errors(evaluation, labels, side);
  const title = labels.map((label) => ` ${pad([...label].slice(0, cell - 1).join(''), cell - 1, 'right')}`);
  return [
    `${head('label', side)}  ${'predicted'}`,
    `${' '.repeat(side + 1)}${title.join('')}${pad('recall', RECALL, 'right')}`,
    ...confusion.map((row, truth) => {
      const cells = row.map((n) => pad(n === 0 ? '.' : grouped(n), cell, 'right')).join('');
      return `${head(labels[truth] ?? '', side)} ${cells}${pad(share(recall[truth]), RECALL, 'right')}`;
    }),
  ];
}

function errors({ confusion, recall }: Evaluation, labels: readonly string[], side: number): string[] {
  const worst = confusion
    .flatMap((row, truth) => row.map((n, predicted) => ({ n, truth, predicted })))
    .filter(({ n, truth, predicted }) => n > 0 && truth !== predicted)
    .sort((a, b) => b.n - a.n)
    .slice(0, 20);
  return [
    'recall by class',
    ...labels.map((label, i) => `${pad(label, side, 'left')}${pad(share(recall[i]), RECALL, 'right')}`),
    '',
    'most frequent errors',
    ...worst.map(
      ({ n, truth, predicted }) => `${labels[truth]} predicted as ${labels[predicted]}: ${grouped(n)}`,
    ),
  ];
}

function share(recall: number | null | undefined): string {
  return recall === null || recall === undefined ? '-' : percent(recall);
}

// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { printable } from '../base/errors.ts';
import type { ExecutorName } from '../execute/executor.ts';
import { type Evaluation, evaluate } from '../report/evaluation.ts';
import {
  filterOption,
  jsonOption,
  kernelOption,
  limitOption,
  machineOption,
  newCommand,
  patternOption,
  streamOption,
} from './command.ts';
import { evalStream } from './eval-stream.ts';
import { type ClipOptions, knownTruths, openClips } from './input.ts';
import type { KernelChoice } from './machine.ts';
import { count, grouped, outputWidth, pad, percent, print, printJson } from './output.ts';
import { classify } from './run.ts';

export interface EvalOptions extends ClipOptions {
  readonly on: ExecutorName;
  readonly kernel: KernelChoice;
  readonly json?: boolean;
}

export function evalCommand(): Command {
  return newCommand('eval', 'Measure how often a model is right: accuracy, confusion matrix, recall.', [
    {
      command: 'egru eval models/spoken-digits digits/ --split test',
      does: 'the split that model.json calls test',
    },
    { command: 'egru eval my-model clips/', does: 'clips in folders that bear their labels' },
    {
      command: 'egru eval my-model clips/ --stream',
      does: 'misses and false alarms of keywords and background',
    },
  ])
    .argument('<model>', 'model folder or program.json')
    .argument('<folder...>', 'folders of WAV files, or WAV files')
    .addOption(machineOption())
    .addOption(kernelOption())
    .option('--split <name>', 'only files of this split of model.json')
    .addOption(filterOption())
    .addOption(limitOption())
    .addOption(patternOption())
    .addOption(streamOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(model: string, audio: readonly string[], options: EvalOptions): Promise<void> {
  if (options.stream === true) return evalStream(model, audio, options);
  const input = openClips(model, audio, options);
  const { labels } = input.program;
  const truths = knownTruths(input);
  const results = await classify(input, options, 'Evaluating');
  const evaluation = evaluate(
    labels,
    results.map(({ label }, i) => [truths[i] ?? -1, label]),
  );
  if (options.json) printJson(evaluation);
  else print(...summary(evaluation), '', ...matrix(evaluation, outputWidth()));
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
    `${head('truth', side)}  ${'heard as'}`,
    `${' '.repeat(side + 1)}${title.join('')}${pad('recall', RECALL, 'right')}`,
    ...confusion.map((row, truth) => {
      const cells = row.map((n) => pad(n === 0 ? '.' : grouped(n), cell, 'right')).join('');
      return `${head(labels[truth] ?? '', side)} ${cells}${pad(share(recall[truth]), RECALL, 'right')}`;
    }),
  ];
}

function errors({ confusion, recall }: Evaluation, labels: readonly string[], side: number): string[] {
  const worst = confusion
    .flatMap((row, truth) => row.map((n, heard) => ({ n, truth, heard })))
    .filter(({ n, truth, heard }) => n > 0 && truth !== heard)
    .sort((a, b) => b.n - a.n)
    .slice(0, 20);
  return [
    'recall by class',
    ...labels.map((label, i) => `${pad(label, side, 'left')}${pad(share(recall[i]), RECALL, 'right')}`),
    '',
    'commonest errors',
    ...worst.map(({ n, truth, heard }) => `${labels[truth]} heard as ${labels[heard]}: ${grouped(n)}`),
  ];
}

function share(recall: number | null | undefined): string {
  return recall === null || recall === undefined ? '-' : percent(recall);
}

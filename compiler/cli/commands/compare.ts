// SPDX-License-Identifier: Apache-2.0

import { type Command, Option } from 'commander';
import { defaultBoard } from '../../boards/boards.ts';
import type { KernelName } from '../../codegen/kernels/index.ts';
import { InputError } from '../../core/base/errors.ts';
import type { Program } from '../../core/program/program.ts';
import { writeWhole } from '../../host/files/files.ts';
import { Progress } from '../../host/pool/progress.ts';
import { type Comparison, type Contender, compareModels } from '../../report/compare/compare.ts';
import { estimateAll, fastestWithin, mixedEstimates } from '../../report/measure/estimate.ts';
import { countColumn, rightColumn, shareColumn, textColumn } from '../../report/table/table.ts';
import {
  filterOption,
  jsonOption,
  kernelOption,
  limitOption,
  newCommand,
  patternOption,
  positiveInteger,
  strictOption,
} from '../shared/command.ts';
import { type ClipInput, type ClipOptions, knownTruths, openClips } from '../shared/input.ts';
import { count, print, printJson } from '../shared/output.ts';
import { chooseKernel, type KernelChoice } from '../shared/target.ts';
import { tableLines } from '../terminal/table.ts';

interface CompareOptions extends ClipOptions {
  readonly data: string;
  readonly kernel: KernelChoice | 'all';
  readonly maxFlash?: number;
  readonly chipClips: number;
  readonly html?: string;
  readonly json?: boolean;
}

const CHIP_CLIPS = 50;

export function compareCommand(): Command {
  return newCommand('compare', 'Compare models on the same recordings: accuracy, cycles and flash.', [
    {
      command: 'egru compare models/spoken-digits* --data digits/ --split test',
      does: 'nonzero weights, accuracy, cycles and flash; * marks the Pareto front',
    },
    {
      command: 'egru compare runs/* --data digits/ --html compare.html',
      does: 'also as a page with a plot',
    },
  ])
    .argument('<model...>', 'model folders or program.json files with the same labels')
    .requiredOption('--data <folder>', 'folder of WAV files, or a WAV file')
    .option('--split <name>', 'only files of this split of model.json')
    .addOption(kernelOption('all').default('auto'))
    .option('--max-flash <bytes>', 'flash available to model and kernel', positiveInteger)
    .addOption(
      new Option('--chip-clips <n>', 'files that run on the emulated chip, for the cycles')
        .argParser(positiveInteger)
        .default(CHIP_CLIPS),
    )
    .addOption(filterOption())
    .addOption(limitOption())
    .addOption(patternOption())
    .option('--html <file>', 'also write a page with a plot')
    .addOption(strictOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(paths: readonly string[], options: CompareOptions): Promise<void> {
  const inputs = paths.map((path) => openClips(path, [options.data], options));
  const { files, truths } = sameTask(paths, inputs);
  const contenders: Contender[] = [];
  for (const [i, { program }] of inputs.entries()) {
    for (const kernel of await kernelsFor(program, options))
      contenders.push({ path: paths[i] ?? '', program, kernel });
  }
  const comparison = await measure(contenders, files, truths, options.chipClips);
  const task = `${options.data}${options.split === undefined ? '' : `, split ${options.split}`}`;
  if (options.html !== undefined) {
    const { comparisonPage } = await import('../../report/pages/compare-page.ts');
    writeWhole(options.html, comparisonPage(comparison, task));
  }
  if (options.json) printJson(comparison);
  else show(comparison, options.kernel === 'all');
}

/** Mixed kernels of each model between the smallest and the fastest. */
const MIXED = 3;

/** all: every kernel, and mixed ones between them. */
async function kernelsFor(
  program: Program,
  { kernel, maxFlash = Number.POSITIVE_INFINITY }: CompareOptions,
): Promise<readonly KernelName[]> {
  if (kernel === 'all') {
    const estimates = [...estimateAll(program), ...mixedEstimates(program, MIXED)];
    return estimates.filter(({ flash }) => flash <= maxFlash).map(({ kernel: name }) => name);
  }
  const within = kernel === 'auto' && maxFlash < Infinity ? fastestWithin(program, maxFlash) : null;
  return [within ?? (await chooseKernel(program, kernel, defaultBoard))];
}

/** @throws InputError where the models do not have the same labels, recordings or truths: nothing could be compared */
function sameTask(
  paths: readonly string[],
  inputs: readonly ClipInput[],
): { files: readonly string[]; truths: readonly number[] } {
  const [first, ...others] = inputs;
  if (first === undefined) throw new Error('the command has at least one model');
  const truths = knownTruths(first);
  others.forEach((input, i) => {
    const different = (what: string) => new InputError(paths[i + 1] ?? '', `${what} than ${paths[0]}`);
    if (JSON.stringify(input.program.labels) !== JSON.stringify(first.program.labels)) {
      throw different('has other labels');
    }
    if (input.files.join('\0') !== first.files.join('\0')) throw different('its split has other files');
    if (knownTruths(input).join() !== truths.join()) throw different('it reads other labels from the names');
  });
  return { files: first.files, truths };
}

async function measure(
  contenders: readonly Contender[],
  files: readonly string[],
  truths: readonly number[],
  chipClips: number,
): Promise<Comparison> {
  let current = '';
  let progress = new Progress('');
  const onProgress = (path: string, done: number, total: number) => {
    if (path !== current) {
      progress.finish();
      progress = new Progress((current = path));
    }
    progress.update(done, total);
  };
  try {
    return await compareModels(contenders, files, truths, { chipClips, onProgress });
  } finally {
    progress.finish();
  }
}

function show({ clips, chipClips, models }: Comparison, all: boolean): void {
  print(
    ...tableLines({
      columns: [
        textColumn('model', { shrinks: true }),
        shareColumn('nonzero'),
        countColumn('right'),
        shareColumn('accuracy'),
        all ? textColumn('kernel') : rightColumn('95 %'),
        countColumn('cycles'),
        countColumn('flash'),
        textColumn('front'),
      ],
      rows: models.map(({ model, kernel, nonZero, weights, correct, accuracy, interval, ...rest }) => [
        model,
        nonZero / weights,
        correct,
        accuracy,
        all ? kernel : interval.map((end) => (100 * end).toFixed(1)).join('-'),
        rest.cyclesPerStep,
        rest.flash,
        { value: rest.pareto ? '*' : '', tone: 'good' },
      ]),
    }),
    '',
    `${count(clips, 'clip')}; cycles per step: mean over ${count(chipClips, 'clip')} on the emulated chip`,
    all
      ? 'front: no other is as accurate with as few cycles and as few bytes'
      : 'front: no other model has fewer cycles without being less accurate',
  );
}

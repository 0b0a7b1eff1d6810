// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';
import { InputError } from '../../core/base/errors.ts';
import { isFeaturesFile } from '../../report/features/read-features.ts';
import { TrainingJob } from '../../training/train/job.ts';
import type { RunEnd } from '../../training/train/run.ts';
import {
  jsonOption,
  newCommand,
  positiveInteger,
  positiveNumber,
  strictOption,
  wholeNumber,
} from '../shared/command.ts';
import { addDatasetOptions } from '../shared/data-input.ts';
import { interruptible } from '../shared/interrupt.ts';
import { Checkpoint, checkpointPath, prepareOutput } from '../train/checkpoint.ts';
import { exportForOthers } from '../train/export.ts';
import { openTraining, type TrainInputOptions } from '../train/input.ts';
import { TrainingProgress } from '../train/progress.ts';
import { reportTraining, type Trained } from '../train/report.ts';
import { chooseThresholds } from '../train/thresholds.ts';
import type { TrainInput } from '../train/train-input.ts';

const EXIT_DIVERGED = 1;

export interface TrainOptions extends TrainInputOptions {
  readonly checkpoint?: string;
  readonly resume?: boolean;
  readonly threads?: number;
  readonly every?: number;
  readonly test?: boolean;
  readonly export?: boolean;
  readonly round?: number;
  readonly json?: boolean;
  readonly falseAlarmsPerHour: number;
}

export function trainCommand(): Command {
  return addDatasetOptions(
    newCommand('train', 'Train a keyword spotter from recordings, on the features that the chip computes.', [
      { command: 'egru train words/ -o my-model', does: 'a folder per label, the recipe by default' },
      {
        command: 'egru train digits/ -o my-model --pattern {label}_{speaker}_{index}.wav',
        does: 'files whose names contain the label',
      },
      { command: 'egru train words.csv -o my-model --config my.json', does: 'see docs/TRAINING.md' },
      { command: 'egru train words/ -o my-model --resume', does: 'continues where Ctrl-C stopped it' },
    ])
      .argument('<dataset>', 'folder, CSV file with the columns file and label, or file of egru features')
      .requiredOption('-o, --output <folder>', 'model folder to write; created if need be')
      .option('--config <file>', 'JSON: network, recipe, dataset')
      .option('--seed <n>', 'instead of the seed of the configuration', wholeNumber),
  )
    .option('--start <model>', 'start from the weights of this model folder')
    .option('--background <label>', 'the folder that is not a keyword (default: other, background, ...)')
    .option(
      '--false-alarms-per-hour <n>',
      'of a model for streams: choose thresholds for this rate',
      positiveNumber,
      0.5,
    )
    .option('--rebuild-cache', 'compute the features of the background again')
    .option('--checkpoint <file>', 'where it is kept while the training runs')
    .option('--resume', 'continue from the checkpoint')
    .option('--test', 'also evaluate the test split, with the integers of the chip')
    .option('--export', 'write what models/training/pytorch trains from, instead of training')
    .option('--round <n>', 'with --export: another augmentation for each n', wholeNumber)
    .option('--threads <n>', 'threads that train (default: one per core)', positiveInteger)
    .option('--every <n>', 'a line on stderr every n epochs', positiveInteger)
    .addOption(strictOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(path: string, options: TrainOptions): Promise<void> {
  if (options.test === true && isFeaturesFile(path)) {
    throw new InputError(
      '--test',
      'evaluates recordings; with features as the dataset only training is possible',
    );
  }
  if (options.round !== undefined && options.export !== true)
    throw new InputError('--round', 'names the augmentation of an --export');
  const file = options.checkpoint ?? checkpointPath(options.output);
  const checkpoint = new Checkpoint(file);
  checkpoint.expect(options.resume === true);
  const input = await openTraining(path, options);
  if (options.test === true && input.test.length === 0) {
    const problem = 'no recording belongs to the split "test"; give it a share in the configuration';
    throw new InputError(
      '--test',
      problem,
      '"dataset": {"split": {"by": "rank", "validation": 0.2, "test": 0.2}}',
    );
  }
  const job = new TrainingJob(input.config, input.data, options.resume === true ? file : null, input.start);
  if (options.json !== true) sayUnusable(input);
  if (options.export === true) {
    await exportForOthers(job, options.output, options.round ?? 0, options.json === true);
    return;
  }
  prepareOutput(options.output, () => checkpoint.begin(job));
  const progress = new TrainingProgress(input.config.phases, options.every ?? null);
  await interruptible(
    async (interruption) => {
      const end = await train(job, checkpoint, progress, options.threads ?? null, interruption.signal);
      await finish(path, options, input, job, checkpoint, end, interruption.code);
    },
    () => progress.stopping(),
  );
}

async function train(
  job: TrainingJob,
  checkpoint: Checkpoint,
  progress: TrainingProgress,
  threads: number | null,
  signal: AbortSignal,
): Promise<RunEnd> {
  try {
    return await job.run(
      {
        signal,
        onMining: (record) => progress.mining(record),
        onBatch: (epoch, done, batches) => progress.batch(epoch, done, batches),
        onEpoch: (record, { best }) => {
          progress.epoch(record, best);
          checkpoint.save(job);
        },
      },
      threads,
    );
  } finally {
    progress.finish();
  }
}

/** Files, report and exit code of a training that has ended, however it did. */
export async function finish(
  path: string,
  options: TrainOptions,
  input: TrainInput,
  job: TrainingJob,
  checkpoint: Checkpoint,
  end: RunEnd,
  code: number,
): Promise<void> {
  const { best } = job.state;
  // Without a whole epoch nothing was evaluated.
  const files = best === null ? [] : job.writeModel(options.output, end);
  const tuning =
    files.length === 0 ? null : await chooseThresholds(options.output, input, options.falseAlarmsPerHour);
  if (options.json !== true) nameSuspects(job);
  const isDone = end.reason === 'finished' || end.reason === 'no-progress';
  if (isDone) checkpoint.remove();
  if (end.reason === 'diverged') {
    const { epoch, step } = end.failure;
    const kept = best === null ? 'nothing is kept' : `the weights of epoch ${best.epoch + 1} are kept`;
    const problem = `the loss is not a finite number in epoch ${epoch + 1}, step ${step + 1}; ${kept}`;
    process.stderr.write(`egru: ${new InputError(options.output, problem, 'try a lower rate').message}\n`);
    process.exitCode = EXIT_DIVERGED;
  } else if (end.reason === 'interrupted') {
    process.exitCode = code;
  }
  const trained: Trained = { dataset: path, output: options.output, input, job, end, files, tuning };
  await reportTraining(trained, {
    json: options.json === true,
    test: options.test === true && isDone,
    checkpoint: isDone ? null : checkpoint.file,
  });
}

/** Background that the model takes for a keyword, round after round. */
function nameSuspects(job: TrainingJob): void {
  for (const { file, second } of job.suspects()) {
    const place = `${file} at ${second.toFixed(1)} s`;
    const problem = 'the background fired there in every round of mining; listen whether it holds a keyword';
    process.stderr.write(`egru: ${place}: ${problem}\n`);
  }
}

/** Names of files that are left out before a message counts the rest. */
const NAMED = 10;

function sayUnusable({ unusable }: TrainInput): void {
  for (const { error } of unusable.slice(0, NAMED)) {
    process.stderr.write(`egru: ${error.message}; left out\n`);
  }
  const more = unusable.length - NAMED;
  if (more > 0) process.stderr.write(`egru: ${more} more files are left out\n`);
}

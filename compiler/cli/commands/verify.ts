// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { defaultBoard } from '../../boards/boards.ts';
import { printable } from '../../core/base/errors.ts';
import type { Program } from '../../core/program/program.ts';
import { firmwareProgram } from '../../core/quant/detect.ts';
import { Progress } from '../../host/pool/progress.ts';
import { readClips } from '../../machines/batch/clip-input.ts';
import { readRecordings } from '../../machines/batch/stream-input.ts';
import { BoardExecutor } from '../../machines/device/device-executor.ts';
import type { Executor, MachineName } from '../../machines/execute/executor.ts';
import { ReferenceExecutor } from '../../machines/execute/reference.ts';
import { type FirstDifference, type VerifyReport, verify } from '../../machines/verify/verify.ts';
import { verifyStreams } from '../../machines/verify/verify-streams.ts';
import { openLink } from '../shared/board-link.ts';
import {
  EXIT_DIFFERENCE,
  filterOption,
  jsonOption,
  kernelOption,
  limitOption,
  newCommand,
  portOption,
  streamOption,
  strictOption,
} from '../shared/command.ts';
import { openClips, openStreams } from '../shared/input.ts';
import { unlessInterrupted } from '../shared/interrupt.ts';
import { count, print, printJson } from '../shared/output.ts';
import { type KernelChoice, kernelsOf, openMachine } from '../shared/target.ts';

interface VerifyOptions {
  readonly on: readonly (Exclude<MachineName, 'reference'> | 'board')[];
  readonly port?: string;
  readonly kernel: KernelChoice | 'all';
  readonly limit?: number;
  readonly filter?: string;
  readonly failFast?: boolean;
  readonly stream?: boolean;
  readonly json?: boolean;
}

export function verifyCommand(): Command {
  return newCommand('verify', 'Run the same clips on every target and compare all integers of all layers.', [
    {
      command: 'egru verify models/spoken-digits clips/ --limit 100',
      does: 'reference, host and emulated chip, with every kernel',
    },
    {
      command: 'egru verify models/spoken-digits clips/ --on host --fail-fast',
      does: 'until the first difference',
    },
    {
      command: 'egru verify my-model evening.wav --stream',
      does: 'also voice activity, posteriors and events',
    },
    {
      command: 'egru verify models/spoken-digits clips/ --on board --port /dev/ttyACM0',
      does: 'on a board, which reports a checksum for every frame and layer',
    },
  ])
    .argument('<model>', 'model folder or program.json')
    .argument('<audio...>', 'WAV files and folders')
    .addOption(
      new Option('--on <target...>', 'what to compare with the reference')
        .choices(['host', 'chip', 'board'])
        .default(['host', 'chip'], 'host and chip'),
    )
    .addOption(portOption())
    .addOption(kernelOption('all'))
    .addOption(filterOption())
    .addOption(limitOption())
    .addOption(streamOption())
    .option('--fail-fast', 'stop soon after the first difference')
    .addOption(strictOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(model: string, audio: readonly string[], options: VerifyOptions): Promise<void> {
  const compareAll = (signal?: AbortSignal) =>
    options.stream
      ? compareStreams(model, audio, options, signal)
      : compareClips(model, audio, options, signal);
  // A board has to be left as it was found; what runs here may be cut off.
  const report = await (options.on.includes('board') ? unlessInterrupted(compareAll) : compareAll());
  if (report === undefined) return;
  if (report.differences > 0) process.exitCode = EXIT_DIFFERENCE;
  if (options.json) printJson(report);
  else show(report, model, options);
}

async function compareClips(
  model: string,
  audio: readonly string[],
  options: VerifyOptions,
  signal: AbortSignal | undefined,
): Promise<VerifyReport> {
  const { program, files } = openClips(model, audio, options);
  const clips = named(files, await readClips(program, files));
  return compare(program, options, signal, (machines, progress) =>
    verify(program, clips, new ReferenceExecutor(program), machines, progress),
  );
}

async function compareStreams(
  model: string,
  audio: readonly string[],
  options: VerifyOptions,
  signal: AbortSignal | undefined,
): Promise<VerifyReport> {
  const { program, files } = openStreams(model, audio, options);
  const recordings = named(files, await readRecordings(program, files));
  return compare(program, options, signal, (machines, progress) =>
    verifyStreams(program, recordings, new ReferenceExecutor(program), machines, progress),
  );
}

function named(files: readonly string[], sounds: readonly Int16Array[]) {
  return sounds.map((samples, i) => ({ file: files[i] ?? '', samples }));
}

interface ProgressOptions {
  readonly failFast: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

async function compare(
  program: Program,
  options: VerifyOptions,
  signal: AbortSignal | undefined,
  work: (machines: readonly Executor[], options: ProgressOptions) => Promise<VerifyReport>,
): Promise<VerifyReport> {
  const machines: Executor[] = [];
  const progress = new Progress('Comparing');
  try {
    for (const name of new Set(options.on)) {
      signal?.throwIfAborted();
      if (name === 'board') {
        const link = await openLink(options.port);
        machines.push(await BoardExecutor.open(link, [program, firmwareProgram(program)], signal));
        continue;
      }
      const kernels = await kernelsOf(program, options.kernel, defaultBoard);
      for (const kernel of kernels) machines.push(await openMachine(name, program, kernel));
    }
    return await work(machines, {
      failFast: options.failFast === true,
      onProgress: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.finish();
    await Promise.all(machines.map((machine) => machine.close()));
  }
}

/** "reference = host = chip: 12 clips, 768 steps, 0 differences"; with commas where the machines differ. */
export function agreement({ executors, clips, steps, differences }: VerifyReport): string {
  const sign = differences === 0 ? ' = ' : ', ';
  return `${executors.join(sign)}: ${count(clips, 'clip')}, ${count(steps, 'step')}, ${count(differences, 'difference')}`;
}

function show(report: VerifyReport, model: string, options: VerifyOptions) {
  const { kernels, first } = report;
  print(`${agreement(report)} (${kernels.join(', ')})`, `trace sha256 ${report.digest}`);
  if (first === null) return;
  const kernel = first.kernel === null ? '' : ` --kernel ${first.kernel}`;
  const portFlag = options.port === undefined ? '' : ` --port ${printable(options.port)}`;
  print(
    `first: ${printable(first.clip)}`,
    `  ${place(first)}: reference ${first.expected}, ${first.executor} ${first.got ?? 'nothing'}`,
    `  again: egru verify ${printable(model)} ${printable(first.clip)}${options.stream ? ' --stream' : ''} --on ${first.executor}${first.executor === 'board' ? portFlag : kernel}`,
  );
}

function place({ step, layer, name, unit, what }: FirstDifference): string {
  const own = ['scores', 'label', 'features', 'vad', 'posteriors', 'sums', 'event', 'samples'].includes(name);
  const where = own ? name : `layer ${layer} (${printable(name)})`;
  return `step ${step}, ${where}, unit ${unit}${what === undefined ? '' : `, ${what}`}`;
}

// SPDX-License-Identifier: Apache-2.0

import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { defaultBoard, findMicrophone } from '../../boards/boards.ts';
import { emitProject } from '../../codegen/emit/project.ts';
import { DEFAULT_PREFIX, namesOf } from '../../codegen/text/names.ts';
import { printable } from '../../core/base/errors.ts';
import type { Program } from '../../core/program/program.ts';
import { programToJson } from '../../core/program/program-json.ts';
import { firmwareProgram } from '../../core/quant/detect.ts';
import { packageAssets } from '../../host/files/assets.ts';
import { writeFolder } from '../../host/files/files.ts';
import { Progress } from '../../host/pool/progress.ts';
import { inspectProgram } from '../../report/inspect/inspection.ts';
import {
  estimateAll,
  estimateKernel,
  fastestWithin,
  type KernelEstimate,
  mixedEstimates,
  smallestWithin,
} from '../../report/measure/estimate.ts';
import { loadOf } from '../../report/measure/frame-load.ts';
import {
  countColumn,
  grouped,
  percent,
  rightColumn,
  shareColumn,
  textColumn,
} from '../../report/table/table.ts';
import { forceOption, jsonOption, kernelOption, newCommand, positiveInteger } from '../shared/command.ts';
import { openModel } from '../shared/input.ts';
import { checkLoad } from '../shared/keep-up.ts';
import { fileList, print, printJson, shellWord } from '../shared/output.ts';
import { type KernelChoice, planShown } from '../shared/target.ts';
import { tableLines } from '../terminal/table.ts';

const EXIT_LIMIT = 1;

/** Where generated C runs is not known here; the share of a hop is that of firmware on this board. */
const MICROPHONE = findMicrophone(defaultBoard, 'i2s');

interface CompileOptions {
  readonly output: string;
  readonly prefix?: string;
  readonly kernel: KernelChoice;
  readonly maxFlash?: number;
  readonly maxCycles?: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function compileCommand(): Command {
  return newCommand('compile', 'Write the quantized program, its C code and everything needed to build it.', [
    {
      command: 'egru compile models/spoken-digits -o build/digits',
      does: 'program.json, model.c, runtime, Makefile',
    },
    {
      command: 'egru compile models/wake-words -o build/wake --prefix wake',
      does: 'wake.h with wake_model and WAKE_OUTPUTS, to link beside another model',
    },
  ])
    .argument('<model>', 'model folder or program.json')
    .requiredOption('-o, --output <folder>', 'folder to write to; created if need be')
    .option('--prefix <name>', 'what files and names in C begin with, for several models in one program')
    .addOption(kernelOption())
    .option('--max-flash <bytes>', 'flash available to model and kernel', positiveInteger)
    .option('--max-cycles <n>', 'cycles that a step may take at worst: the smallest kernel', positiveInteger)
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(run);
}

function run(path: string, options: CompileOptions): void {
  const { prefix } = namesOf(options.prefix); // refused before anything is computed
  const { program, model } = openModel(path);
  const { maxFlash = Number.POSITIVE_INFINITY, maxCycles = Number.POSITIVE_INFINITY } = options;
  const estimates = estimatesOf(program, options);
  const fitting = estimates.filter(({ flash, cyclesMax }) => flash <= maxFlash && cyclesMax <= maxCycles);
  // Within a number of cycles the smallest, otherwise the fastest.
  const chosen = fitting.sort((a, b) =>
    options.maxCycles === undefined ? a.cyclesMax - b.cyclesMax : a.flash - b.flash,
  )[0];
  const { weights, nonZero, digest, codeBytes, biasBytes } = inspectProgram(program);
  const facts = {
    maxFlash: options.maxFlash ?? null,
    maxCycles: options.maxCycles ?? null,
    digest,
    weights,
    nonZero,
    codeBytes,
    biasBytes,
    estimates,
  };
  if (chosen === undefined) {
    process.exitCode = EXIT_LIMIT;
    process.stderr.write(`egru: ${printable(path)}: ${tooMuch(estimates, options)}; nothing written\n`);
    if (options.json) printJson({ kernel: null, files: [], ...facts });
    return;
  }
  const { kernel } = chosen;
  const load = checkLoad(firmwareProgram(program), kernel, defaultBoard, MICROPHONE, options.force ?? false);
  // Generated files name the model, never where it happened to stand.
  const command = `egru compile ${basename(resolve(path))} --kernel ${kernel}${prefix === DEFAULT_PREFIX ? '' : ` --prefix ${prefix}`}`;
  const files = [
    { path: 'program.json', data: programToJson(program) },
    ...emitProject(program, {
      ...{ kernel, command, prefix, assets: packageAssets() },
      license: model?.license ?? null,
    }).map(({ path: name, text }) => ({
      path: name,
      data: text,
    })),
  ];
  const written = writeFolder(options.output, files);
  if (options.json) {
    printJson({ kernel, prefix, files: written, load, ...facts });
    return;
  }
  print(
    `${printable(program.name)}: ${grouped(weights)} weights, ${grouped(nonZero)} not zero (${percent(nonZero / weights)})`,
    '',
    ...tableLines({
      columns: [
        textColumn('kernel'),
        rightColumn('cycles per step'),
        shareColumn('of a hop'),
        countColumn('flash'),
        countColumn('RAM'),
        textColumn(''),
      ],
      rows: estimates.map(({ kernel: name, cyclesMin, cyclesMax, flash, ram }) => {
        const share = hopShare(program, cyclesMax);
        const tone = name === kernel ? 'chosen' : null;
        return [
          { value: name, tone },
          `${grouped(cyclesMin)} to ${grouped(cyclesMax)}`,
          { value: share ?? '', tone: share !== null && share > 1 ? 'bad' : null },
          ...[flash, ram],
          { value: tone === null ? '' : 'written', tone },
        ];
      }),
    }),
    '',
    'Estimates without wait states or feature extractor; "egru bench" measures both.',
    `Of a hop: at worst, with both, microphone and detection (${defaultBoard.title}).`,
    '',
    fileList(
      options.output,
      files.map(({ path: name }) => name),
    ),
    '',
    `next: make -C ${shellWord(options.output)}   (lib${prefix}.a; egru/egru.h shows a program that uses it)`,
  );
}

/** Steps between the smallest mixed kernel and the fastest one that the table shows. */
const MIXED_ROWS = 4;

/** The kernel that was asked for, or all, with mixed ones in between; the fastest first. */
function estimatesOf(program: Program, options: CompileOptions): KernelEstimate[] {
  if (options.kernel !== 'auto') return [estimateKernel(program, options.kernel)];
  planShown(program);
  const within = options.maxFlash === undefined ? null : fastestWithin(program, options.maxFlash);
  const small = options.maxCycles === undefined ? null : smallestWithin(program, options.maxCycles);
  const progress = new Progress('Choosing kernels');
  const mixed = mixedEstimates(program, MIXED_ROWS, (done) => progress.update(done, MIXED_ROWS));
  progress.finish();
  const known = [...estimateAll(program), ...mixed];
  const asked = [within, small].filter((kernel) => kernel !== null);
  const more = asked.map((kernel) => estimateKernel(program, kernel));
  // Budgets between two steps give the same one.
  const same = (a: KernelEstimate, b: KernelEstimate) =>
    a.kernel === b.kernel || (a.flash === b.flash && a.cyclesMax === b.cyclesMax);
  return [...known, ...more]
    .filter((estimate, i, all) => all.findIndex((one) => same(one, estimate)) === i)
    .sort((a, b) => a.cyclesMax - b.cyclesMax);
}

function tooMuch(estimates: readonly KernelEstimate[], { maxFlash, maxCycles }: CompileOptions): string {
  const flash = Math.min(...estimates.map((one) => one.flash));
  const cycles = Math.min(...estimates.map((one) => one.cyclesMax));
  if (maxFlash !== undefined && flash > maxFlash)
    return `needs ${flash} bytes of flash, --max-flash allows ${maxFlash}`;
  if (maxCycles !== undefined && cycles > maxCycles)
    return `takes ${cycles} cycles, --max-cycles allows ${maxCycles}`;
  return `no kernel takes at most ${maxFlash} bytes of flash and ${maxCycles} cycles`;
}

function hopShare(program: Program, cycles: number): number | null {
  return loadOf(firmwareProgram(program), cycles, defaultBoard, MICROPHONE.name)?.share ?? null;
}

// SPDX-License-Identifier: Apache-2.0

import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { emitProject } from '../../codegen/emit/project.ts';
import { DEFAULT_PREFIX, namesOf } from '../../codegen/text/names.ts';
import { printable } from '../../core/base/errors.ts';
import { programToJson } from '../../core/program/program-json.ts';
import { packageAssets } from '../../host/files/assets.ts';
import { writeFolder } from '../../host/files/files.ts';
import { inspectProgram } from '../../report/inspect/inspection.ts';
import { estimateAll, estimateKernel } from '../../report/measure/estimate.ts';
import { jsonOption, kernelOption, newCommand, positiveInteger } from '../shared/command.ts';
import { openModel } from '../shared/input.ts';
import { fileList, grouped, percent, print, printJson, shellWord, table } from '../shared/output.ts';
import type { KernelChoice } from '../shared/target.ts';

const EXIT_LIMIT = 1;

interface CompileOptions {
  readonly output: string;
  readonly prefix?: string;
  readonly kernel: KernelChoice;
  readonly maxFlash?: number;
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
    .addOption(jsonOption())
    .action(run);
}

function run(path: string, options: CompileOptions): void {
  const { prefix } = namesOf(options.prefix); // refused before anything is computed
  const { program, model } = openModel(path);
  const estimates =
    options.kernel === 'auto' ? estimateAll(program) : [estimateKernel(program, options.kernel)];
  const chosen = estimates.find(({ flash }) => flash <= (options.maxFlash ?? Number.POSITIVE_INFINITY));
  const { weights, nonZero, digest, codeBytes, biasBytes } = inspectProgram(program);
  const facts = {
    maxFlash: options.maxFlash ?? null,
    digest,
    weights,
    nonZero,
    codeBytes,
    biasBytes,
    estimates,
  };
  if (chosen === undefined) {
    const least = Math.min(...estimates.map(({ flash }) => flash));
    process.exitCode = EXIT_LIMIT;
    process.stderr.write(
      `egru: ${printable(path)}: needs ${least} bytes of flash, --max-flash allows ${options.maxFlash}; nothing written\n`,
    );
    if (options.json) printJson({ kernel: null, files: [], ...facts });
    return;
  }
  const { kernel } = chosen;
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
    printJson({ kernel, prefix, files: written, ...facts });
    return;
  }
  print(
    `${printable(program.name)}: ${grouped(weights)} weights, ${grouped(nonZero)} not zero (${percent(nonZero / weights)})`,
    '',
    ...table(
      [
        { title: 'kernel' },
        { title: 'cycles per step', align: 'right' },
        { title: 'flash', align: 'right' },
        { title: 'RAM', align: 'right' },
        { title: '' },
      ],
      estimates.map(({ kernel: name, cyclesMin, cyclesMax, flash, ram }) => [
        ...[name, `${grouped(cyclesMin)} to ${grouped(cyclesMax)}`, grouped(flash), grouped(ram)],
        name === kernel ? 'written' : '',
      ]),
    ),
    '',
    'Estimates without wait states or feature extractor; "egru bench" measures both.',
    '',
    fileList(
      options.output,
      files.map(({ path: name }) => name),
    ),
    '',
    `next: make -C ${shellWord(options.output)}   (lib${prefix}.a; egru/egru.h shows a program that uses it)`,
  );
}

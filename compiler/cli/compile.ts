// SPDX-License-Identifier: Apache-2.0
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { writeFolder } from '../base/files.ts';
import { emitProject } from '../emit/project.ts';
import { programToJson } from '../program/program-json.ts';
import { inspectProgram } from '../report/inspection.ts';
import { jsonOption, kernelOption, newCommand, positiveInteger } from './command.ts';
import { openModel } from './input.ts';
import { chooseKernel, type KernelChoice } from './machine.ts';
import { grouped, percent, print, printJson, table } from './output.ts';

interface CompileOptions {
  readonly output: string;
  readonly kernel: KernelChoice;
  readonly maxFlash?: number;
  readonly json?: boolean;
}

export function compileCommand(): Command {
  return newCommand(
    'compile',
    'Write the quantized program, its C code and all that is needed to build it.',
    [
      {
        command: 'egru compile models/spoken-digits -o build/digits',
        does: 'program.json, model.c, runtime, Makefile',
      },
    ],
  )
    .argument('<model>', 'model folder or program.json')
    .requiredOption('-o, --output <folder>', 'folder to write to; created if need be')
    .addOption(kernelOption())
    .option('--max-flash <bytes>', 'flash that model and kernel may take', positiveInteger)
    .addOption(jsonOption())
    .action(run);
}

function run(path: string, options: CompileOptions): void {
  const { program } = openModel(path);
  const kernel = chooseKernel(program, options.kernel);
  // Generated files name the model, never where it happened to stand.
  const command = `egru compile ${basename(resolve(path))} --kernel ${kernel}`;
  const files = [
    { path: 'program.json', data: programToJson(program) },
    ...emitProject(program, { kernel, command }).map(({ path: name, text }) => ({ path: name, data: text })),
  ];
  const written = writeFolder(options.output, files);
  const { weights, nonZero, codeBytes, biasBytes, stateBytes, digest } = inspectProgram(program);
  if (options.json) {
    printJson({ kernel, digest, files: written, weights, nonZero, codeBytes, biasBytes, stateBytes });
    return;
  }
  print(
    `${program.name}: ${grouped(weights)} weights, ${grouped(nonZero)} not zero (${percent(nonZero / weights)})`,
    '',
    ...table(
      [{ title: `${kernel} kernel` }, { title: 'bytes', align: 'right' }],
      [
        ['weights, in flash', grouped(codeBytes)],
        ['biases, in flash', grouped(biasBytes)],
        ['state, in RAM', grouped(stateBytes)],
      ],
    ),
    '',
    ...written,
  );
}

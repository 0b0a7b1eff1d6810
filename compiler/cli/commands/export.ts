// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultBoard } from '../../boards/boards.ts';
import { exampleNoise } from '../../codegen/export/example.ts';
import { exportLibrary } from '../../codegen/export/export.ts';
import { EXPORT_KINDS, type ExportKind, exportKinds } from '../../codegen/export/kinds.ts';
import { type ExampleResult, type ExportModel, prefixFrom, words } from '../../codegen/export/model.ts';
import { namesOf } from '../../codegen/text/names.ts';
import { clipSamples } from '../../core/audio/crop.ts';
import { InputError } from '../../core/base/errors.ts';
import type { Program } from '../../core/program/program.ts';
import { firmwareProgram } from '../../core/quant/detect.ts';
import { Simulator } from '../../core/sim/simulator.ts';
import { packageAssets } from '../../host/files/assets.ts';
import { writeFolder } from '../../host/files/files.ts';
import { jsonOption, kernelOption, newCommand } from '../shared/command.ts';
import { openModel } from '../shared/input.ts';
import { count, fileList, print, printJson, shellWord } from '../shared/output.ts';
import { chooseKernel, type KernelChoice } from '../shared/target.ts';

interface ExportCommandOptions {
  readonly as: ExportKind;
  readonly output: string;
  readonly name?: string;
  readonly prefix?: readonly string[];
  readonly libraryVersion: string;
  readonly author: string;
  readonly url: string;
  readonly kernel: KernelChoice;
  readonly json?: boolean;
}

/** Arduino allows 63 characters, PlatformIO 50. */
const MAX_NAME = 50;

export function exportCommand(): Command {
  return newCommand(
    'export',
    'Write models as a library for Arduino, PlatformIO, CMake, Zephyr or plain C.',
    [
      {
        command: 'egru export models/spoken-digits --as arduino -o build/spoken-digits',
        does: 'with sketches that classify a buffer and listen through I2S or PDM',
      },
      {
        command: 'egru export models/wake-words models/spoken-digits --as cmake -o build/both',
        does: 'both models and one runtime behind the target egru::wake_words',
      },
    ],
  )
    .argument('<models...>', 'model folders or program.json files')
    .addOption(
      new Option('--as <kind>', 'what the library is for; c: one header and one source file')
        .choices(exportKinds)
        .makeOptionMandatory(),
    )
    .requiredOption('-o, --output <folder>', 'folder to write to; created if need be')
    .option('--name <name>', "the library's name (default: the first model's)")
    .option(
      '--prefix <name>',
      "what a model's names in C begin with, once for each model (default: its name)",
      collect,
    )
    .option('--library-version <version>', 'major.minor.patch', version, '1.0.0')
    .option('--author <text>', 'Name or "Name <address>"', line, 'unnamed')
    .option('--url <url>', 'where the library is at home', line, 'https://egru.example')
    .addOption(kernelOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(paths: readonly string[], options: ExportCommandOptions): Promise<void> {
  const { prefix: prefixes = [] } = options;
  if (prefixes.length > paths.length) {
    throw new InputError(
      '--prefix',
      `${prefixes.length} for ${count(paths.length, 'model')}; give at most one for each`,
    );
  }
  for (const prefix of prefixes) namesOf(prefix); // refused before anything is computed
  const models: ExportModel[] = [];
  for (const [index, path] of paths.entries()) {
    const { program: stated, model } = openModel(path);
    const program = firmwareProgram(stated);
    models.push({
      program,
      kernel: await chooseKernel(program, options.kernel, defaultBoard),
      prefix: prefixes[index] ?? prefixFrom(program.name),
      license: model?.license ?? null,
      expected: expectedOf(program),
    });
  }
  const name = nameOf(options.name ?? models[0]?.program.name ?? '');
  const { as: kind, libraryVersion, author, url } = options;
  const files = exportLibrary(models, {
    ...{ kind, name, version: libraryVersion, author, url, assets: packageAssets() },
    // Generated files name the models, never where they happened to stand.
    command: `egru export ${models.map(({ program }) => shellWord(program.name)).join(' ')} --as ${kind}`,
  });
  const written = writeFolder(
    options.output,
    files.map(({ path, text }) => ({ path, data: text })),
  );
  const shown = models.map(({ prefix, kernel, program }) => ({ name: program.name, prefix, kernel }));
  if (options.json) {
    printJson({ as: kind, name, version: libraryVersion, models: shown, files: written });
    return;
  }
  print(
    `${name} ${libraryVersion}: ${EXPORT_KINDS[kind]}`,
    ...models.map(
      ({ prefix, kernel, program }) => `  ${prefix}.h  ${program.labels.length} labels, ${kernel} kernel`,
    ),
    '',
    fileList(
      options.output,
      files.map(({ path }) => path),
    ),
    '',
    `next: ${nextOf(kind, options.output, name, models[0]?.prefix ?? name)}`,
  );
}

/** What the reference makes of the example's noise. */
function expectedOf(program: Program): ExampleResult | null {
  const { frontend, readout } = program;
  if (frontend === null || readout === null) return null;
  const samples = exampleNoise(clipSamples(frontend.frame, frontend.hop, readout.steps));
  return new Simulator(program).run(samples, false);
}

function nameOf(text: string): string {
  const name = words(text, '-').slice(0, MAX_NAME).replace(/-$/, '');
  if (name === '' || /^arduino/i.test(name)) {
    throw new InputError(
      text,
      'is not a name for a library: letters and digits, and not "Arduino" in front; give --name',
    );
  }
  return name;
}

function nextOf(kind: ExportKind, folder: string, name: string, prefix: string): string {
  const where = shellWord(folder);
  const built = shellWord(`${folder}/build`);
  switch (kind) {
    case 'arduino':
      return `copy ${where} to the libraries folder of your sketchbook; File, Examples, ${name}`;
    case 'platformio':
      return `copy ${where} to lib/ of your project`;
    case 'cmake':
      return `cmake -S ${where} -B ${built} && cmake --build ${built} && ctest --test-dir ${built}`;
    case 'zephyr':
      return `west build -b BOARD ${shellWord(`${folder}/samples/classify`)} -- -DEXTRA_ZEPHYR_MODULES=${shellWord(resolve(folder))}`;
    case 'c':
      return `cc -std=c11 -O2 ${shellWord(`${folder}/example.c`)} ${shellWord(`${folder}/${prefix}.c`)} -o example && ./example`;
  }
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function version(text: string): string {
  if (!/^(0|[1-9]\d{0,4})(\.(0|[1-9]\d{0,4})){2}$/.test(text)) {
    throw new InvalidArgumentError('It must be three numbers, as 1.0.0.');
  }
  return text;
}

function line(text: string): string {
  if (text.trim() === '' || text.length > 200 || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) {
    throw new InvalidArgumentError('It must be one line of at most 200 characters.');
  }
  return text;
}

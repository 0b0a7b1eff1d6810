// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';
import { boards, type Chip, findBoard, findMicrophone, type Microphone } from '../../boards/boards.ts';
import { MICROPHONE_RATE, microphoneRate } from '../../boards/microphone-rate.ts';
import type { Program } from '../../core/program/program.ts';
import { firmwareProgram } from '../../core/quant/detect.ts';
import { buildFirmware } from '../../machines/firmware/firmware.ts';
import { applicationRam, modelFlash } from '../../machines/firmware/fit.ts';
import { imageDigest } from '../../machines/image/image-digest.ts';
import { barColumn, countColumn, shareColumn, textColumn } from '../../report/table/table.ts';
import { forceOption, jsonOption, kernelOption, newCommand } from '../shared/command.ts';
import { openModel } from '../shared/input.ts';
import { checkLoad, describeLoad } from '../shared/keep-up.ts';
import { listeningWarning, warn } from '../shared/listening-warning.ts';
import { count, print, printJson, shellWord } from '../shared/output.ts';
import { chooseKernel, type KernelChoice } from '../shared/target.ts';
import { tableLines } from '../terminal/table.ts';

interface BuildOptions {
  readonly board: string;
  readonly mic?: string;
  readonly output: string;
  readonly kernel: KernelChoice;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function buildCommand(): Command {
  return newCommand('build', 'Build the firmware of a board: ELF, BIN, UF2, map and the model alone.', [
    {
      command: 'egru build models/spoken-digits --board arduino_zero -o build/zero',
      does: 'no UF2: SAM-BA loader',
    },
    {
      command: 'egru build models/spoken-digits --board feather_m0 -o build/feather',
      does: 'with firmware.uf2',
    },
  ])
    .argument('<model>', 'model folder or program.json')
    .requiredOption('--board <name>', Object.keys(boards).join(', '))
    .option(
      '--mic <name>',
      'i2s, pdm or adc: type of microphone (default: the first that the board supports)',
    )
    .requiredOption('-o, --output <folder>', 'folder to write to; created if need be')
    .addOption(kernelOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(model: string, options: BuildOptions): Promise<void> {
  const board = findBoard(options.board);
  const microphone = findMicrophone(board, options.mic);
  const { program: stated } = openModel(model);
  const program = firmwareProgram(stated);
  const kernel = await chooseKernel(program, options.kernel, board);
  const load = checkLoad(program, kernel, board, microphone, options.force ?? false);
  const firmware = await buildFirmware(program, { board, microphone, kernel, outDir: options.output });
  const { files, flash, applicationFlash, ram } = firmware;
  if (files === null) throw new Error('the firmware was not written');
  const stack = firmware.stack.worst;
  const warning = listeningWarning(model, stated);
  if (options.json) {
    const { sampleRate, error } = microphoneRate(microphone.name, board.chip);
    const mic = { name: microphone.name, where: microphone.where, sampleRate, error };
    const sha256 = imageDigest(firmware.bin);
    const image = { ...files, sha256, kernel, flash, applicationFlash, ram, stack, load };
    printJson({
      board: board.name,
      mic,
      ...image,
      warning: warning.length === 0 ? null : warning.join('\n'),
    });
    return;
  }
  const row = (name: string, bytes: number, of: number) => [name, bytes, of, bytes / of, bytes / of];
  print(
    `${board.title} (${board.chip.name}), ${kernel} kernel`,
    '',
    ...tableLines({
      columns: [
        textColumn('bytes'),
        countColumn('used'),
        countColumn('available'),
        shareColumn('share'),
        barColumn(''),
      ],
      rows: [
        row('application', applicationFlash, board.chip.modelStart - board.chip.applicationStart),
        row('model', flash - applicationFlash, modelFlash(board)),
        row('RAM', ram, applicationRam(board)),
        row('worst stack', stack, applicationRam(board) - ram),
      ],
    }),
    '',
    ...describeMicrophone(microphone, board.chip),
    ...describeListening(program, stated),
    ...(load === null ? [] : [`a frame takes ${describeLoad(load)}`]),
    '',
    ...[files.elf, files.bin, files.uf2, files.map, files.modelBin, files.modelUf2].filter(
      (file) => file !== null,
    ),
  );
  print('', `sha256 ${imageDigest(firmware.bin)}`);
  if (files.uf2 === null)
    print('', `no UF2: the bootloader of the ${board.title} does not accept UF2; flash the BIN`);
  warn(warning);
  print('', `next: egru flash ${shellWord(model)} --board ${board.name}`);
}

function describeMicrophone({ name, where }: Microphone, chip: Chip): string[] {
  const { sampleRate, error } = microphoneRate(name, chip);
  const deviation = error === 0 ? 'exact' : `${error > 0 ? '+' : ''}${(100 * error).toFixed(2)} %`;
  return [`microphone ${name}: ${where}`, `sample rate ${sampleRate.toFixed(1)} Hz, ${deviation}`];
}

function describeListening({ frontend, detect }: Program, stated: Program): string[] {
  if (frontend === null) return ['does not listen: the model is fed with features'];
  if (frontend.sampleRate !== MICROPHONE_RATE)
    return [
      `does not listen: the model needs ${frontend.sampleRate} Hz, microphones deliver ${MICROPHONE_RATE}`,
    ];
  if (detect === undefined) return ['does not listen: the model has too many labels'];
  const keywords = count(detect.keywords.length, 'keyword');
  return stated.detect === undefined
    ? [`listens for ${keywords}: all labels, as model.json has no "detect"`]
    : [`listens for ${keywords}`];
}

// SPDX-License-Identifier: Apache-2.0

import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { printable } from '../base/errors.ts';
import { guard, readLimited } from '../base/files.ts';
import { type FlashPlan, planFlash } from '../flash/flash.ts';
import { type FlashImage, readApplication } from '../flash/image.ts';
import { realSystem } from '../flash/system.ts';
import { type Board, boards, findBoard, findMicrophone } from '../toolchain/boards.ts';
import { jsonOption, kernelOption, newCommand } from './command.ts';
import { openModel } from './input.ts';
import { chooseKernel, type KernelChoice } from './machine.ts';
import { grouped, print, printJson } from './output.ts';

interface FlashCommandOptions {
  readonly board: string;
  readonly mic?: string;
  readonly kernel: KernelChoice;
  readonly method?: string;
  readonly port?: string;
  readonly drive?: string;
  readonly verify: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** ELF files hold debug information beside 256 KB of flash. */
const MAX_IMAGE_BYTES = 64 << 20;
/** After what was asked for came out otherwise: the flash differs from the image. */
const EXIT_DIFFERENCE = 1;

export function flashCommand(): Command {
  return newCommand('flash', 'Write firmware to a board, and read it back.', [
    {
      command: 'egru flash build/feather/firmware.uf2 --board feather_m0',
      does: 'through the drive of the bootloader',
    },
    {
      command: 'egru flash models/spoken-digits --board arduino_zero --dry-run',
      does: 'builds, and says what it would do',
    },
  ])
    .argument('<image>', 'ELF, BIN or UF2 file, or a model to build for the board')
    .requiredOption('--board <name>', Object.keys(boards).join(', '))
    .option('--method <name>', 'uf2, bossac or openocd (default: the first that works for the board)')
    .option('--port <port>', 'serial port of the board, where several are connected')
    .option('--drive <folder>', 'where the drive of the UF2 bootloader is mounted')
    .option('--no-verify', 'do not read back what was written through a drive')
    .option('--dry-run', 'only say what would happen')
    .option('--mic <name>', 'for a model: its microphone, as with build')
    .addOption(kernelOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(path: string, options: FlashCommandOptions): Promise<void> {
  const board = findBoard(options.board);
  const image = await openImage(path, board, options);
  const plan = await planFlash(image, board, options, realSystem());
  if (options.dryRun) {
    if (options.json) printJson({ ...summary(plan), dryRun: true });
    else print(...describe(plan), '', ...plan.steps.map((step, i) => `${i + 1}. ${step}`));
    return;
  }
  const difference = await plan.run();
  const verified = difference === null && (plan.method !== 'uf2' || options.verify);
  if (options.json) printJson({ ...summary(plan), verified, difference });
  else if (difference === null)
    print(verified ? 'written and read back: no difference' : 'written, not read back');
  if (difference === null) return;
  process.stderr.write(
    `egru: ${printable(image.name)}: the flash differs after writing: ${printable(difference)}\n`,
  );
  process.exitCode = EXIT_DIFFERENCE;
}

/** A file as it is; a model folder or program.json is built first. */
async function openImage(path: string, board: Board, options: FlashCommandOptions): Promise<FlashImage> {
  const isFolder = guard(path, () => statSync(path)).isDirectory();
  if (!isFolder && !path.endsWith('.json')) {
    return readApplication(readLimited(path, MAX_IMAGE_BYTES), path, board);
  }
  const microphone = findMicrophone(board, options.mic);
  const { program } = openModel(path);
  const kernel = await chooseKernel(program, options.kernel, board);
  const { buildFirmware } = await import('../execute/firmware.ts');
  const { bin } = await buildFirmware(program, { board, microphone, kernel });
  return readApplication(bin, basename(path), board);
}

function summary({ board, image, method, port, drive, steps }: FlashPlan): Record<string, unknown> {
  const { name, address, bytes } = image;
  return { board: board.name, image: name, method, port, drive, address, bytes: bytes.length, steps };
}

function describe({ board, image, method, port, drive }: FlashPlan): string[] {
  const place = drive ?? port;
  return [
    `${board.title}, by ${method}${place === null ? '' : ` through ${printable(place)}`}`,
    `${printable(image.name)}: ${grouped(image.bytes.length)} bytes from 0x${image.address.toString(16)} on`,
  ];
}

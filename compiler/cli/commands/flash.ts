// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';
import { type Board, boards, findBoard } from '../../boards/boards.ts';
import { InputError, printable } from '../../core/base/errors.ts';
import { Progress } from '../../host/pool/progress.ts';
import { planModelUpdate } from '../../machines/device/model-update.ts';
import { type FlashPlan, planFlash } from '../../machines/flash/flash.ts';
import { applicationPort } from '../../machines/flash/locate.ts';
import { realSystem } from '../../machines/flash/system.ts';
import type { FlashImage } from '../../machines/image/image.ts';
import { imageDigest } from '../../machines/image/image-digest.ts';
import { grouped } from '../../report/table/table.ts';
import { openLink } from '../shared/board-link.ts';
import { EXIT_DIFFERENCE, forceOption, jsonOption, kernelOption, newCommand } from '../shared/command.ts';
import { isModel, openImage, openRegion } from '../shared/firmware-input.ts';
import { openModel } from '../shared/input.ts';
import { unlessInterrupted } from '../shared/interrupt.ts';
import { describeLoad } from '../shared/keep-up.ts';
import { listeningWarning, warn } from '../shared/listening-warning.ts';
import { print, printJson } from '../shared/output.ts';
import type { KernelChoice } from '../shared/target.ts';

interface FlashCommandOptions {
  readonly board: string;
  readonly mic?: string;
  readonly kernel: KernelChoice;
  readonly force?: boolean;
  readonly method?: string;
  readonly port?: string;
  readonly drive?: string;
  readonly verify: boolean;
  readonly modelOnly?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function flashCommand(): Command {
  return newCommand('flash', 'Write firmware to a board, and read it back.', [
    {
      command: 'egru flash build/feather/firmware.uf2 --board feather_m0',
      does: 'through the drive of the bootloader',
    },
    {
      command: 'egru flash models/spoken-digits --board arduino_zero --dry-run',
      does: 'builds, and prints what it would do',
    },
    {
      command: 'egru flash my-model --board feather_m0 --model-only',
      does: 'another model for the firmware that is there, through its port',
    },
  ])
    .argument('<image>', 'ELF, BIN or UF2 file, or a model to build for the board')
    .requiredOption('--board <name>', Object.keys(boards).join(', '))
    .option(
      '--method <name>',
      'uf2, bossac or openocd; with --model-only protocol or uf2 (default: the first that works)',
    )
    .option('--port <port>', 'serial port of the board, where several are connected')
    .option('--drive <folder>', 'where the drive of the UF2 bootloader is mounted')
    .option('--no-verify', 'do not read back what was written through a drive')
    .option('--model-only', 'leave the application, replace its model: through the firmware, or with uf2')
    .option('--dry-run', 'only print what would be done')
    .option('--mic <name>', 'for a model: its microphone, as with build')
    .addOption(kernelOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(path: string, options: FlashCommandOptions): Promise<void> {
  const board = findBoard(options.board);
  const { image, load } = options.modelOnly
    ? await openRegion(path, board, options)
    : await openImage(path, board, options);
  const plan = options.modelOnly
    ? await planModel(image, board, options)
    : await planFlash(image, board, options, realSystem());
  const warning = isModel(path) ? listeningWarning(path, openModel(path).program) : [];
  if (!options.json) warn(warning);
  const facts = { load, warning: warning.length === 0 ? null : warning.join('\n') };
  const share = load === null ? [] : [`a frame takes ${describeLoad(load)}`];
  if (options.dryRun) {
    if (options.json) printJson({ ...summary(plan), ...facts, dryRun: true });
    else print(...describe(plan), ...share, '', ...plan.steps.map((step, i) => `${i + 1}. ${step}`));
    return;
  }
  const difference =
    plan.method === 'protocol' ? await unlessInterrupted((signal) => plan.run(signal)) : await plan.run();
  if (difference === undefined) return;
  const verified = difference === null && (plan.method !== 'uf2' || options.verify);
  if (options.json) printJson({ ...summary(plan), ...facts, verified, difference });
  else if (difference === null)
    print(...share, verified ? 'written and read back: no difference' : 'written, not read back');
  if (difference === null) return;
  process.stderr.write(
    `egru: ${printable(plan.image.name)}: the flash differs after writing: ${printable(difference)}\n`,
  );
  process.exitCode = EXIT_DIFFERENCE;
}

/** Through the firmware where it runs, and through the drive of the bootloader otherwise. */
async function planModel(image: FlashImage, board: Board, options: FlashCommandOptions): Promise<FlashPlan> {
  const { method, drive } = options;
  const system = realSystem();
  const port = options.port ?? (drive === undefined ? applicationPort(board, system) : null);
  const through = drive === undefined && (port !== null || board.bootloader !== 'uf2');
  const wanted = method ?? (through ? 'protocol' : 'uf2');
  if (wanted === 'protocol') {
    if (port === null)
      throw new InputError(board.title, 'no such board was found: connect its USB port, or give --port');
    const progress = new Progress('Writing');
    const onPage = (done: number, total: number) =>
      done === total ? progress.finish() : progress.update(done, total);
    return planModelUpdate({ image, board, port, open: openLink, onPage });
  }
  if (wanted !== 'uf2' || board.bootloader !== 'uf2') {
    const takes = board.bootloader === 'uf2' ? 'protocol or uf2' : 'protocol, with its port connected';
    throw new InputError(
      wanted,
      `no way to replace the model of the ${board.title} alone: ${takes}`,
      '--method',
    );
  }
  return planFlash(image, board, { ...options, method: 'uf2' }, system);
}

function summary({ board, image, method, port, drive, steps }: FlashPlan): Record<string, unknown> {
  const { name, address, bytes } = image;
  const sha256 = imageDigest(bytes);
  return { board: board.name, image: name, method, port, drive, address, bytes: bytes.length, sha256, steps };
}

function describe({ board, image, method, port, drive }: FlashPlan): string[] {
  const place = drive ?? port;
  return [
    `${board.title}, by ${method}${place === null ? '' : ` through ${printable(place)}`}`,
    `${printable(image.name)}: ${grouped(image.bytes.length)} bytes from 0x${image.address.toString(16)} on`,
    `sha256 ${imageDigest(image.bytes)}`,
  ];
}

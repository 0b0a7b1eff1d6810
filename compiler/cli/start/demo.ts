// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';
import { findBoard } from '../../boards/boards.ts';
import { firmwareProgram } from '../../core/quant/detect.ts';
import { packagePath } from '../../host/files/paths.ts';
import { Progress } from '../../host/pool/progress.ts';
import { readClips } from '../../machines/batch/clip-input.ts';
import { ChipExecutor } from '../../machines/execute/chip.ts';
import { HostExecutor } from '../../machines/execute/host.ts';
import { ReferenceExecutor } from '../../machines/execute/reference.ts';
import { buildFirmware } from '../../machines/firmware/firmware.ts';
import { type NamedClip, type VerifyReport, verify } from '../../machines/verify/verify.ts';
import { type Cell, countColumn, grouped, percent, textColumn } from '../../report/table/table.ts';
import { agreement } from '../commands/verify.ts';
import { EXIT_DIFFERENCE, newCommand } from '../shared/command.ts';
import { openClips } from '../shared/input.ts';
import { print } from '../shared/output.ts';
import { chooseKernel } from '../shared/target.ts';
import { tableLines } from '../terminal/table.ts';

interface DemoOptions {
  readonly output: string;
  readonly board: string;
}

export function demoCommand(): Command {
  return newCommand(
    'demo',
    'Run the bundled model on the bundled sounds, on every target, and build a UF2.',
    [{ command: 'egru demo', does: 'needs a host compiler and arm-none-eabi-gcc' }],
  )
    .option('-o, --output <folder>', 'where the firmware goes', 'build/demo')
    .option('--board <name>', 'the board that it is for', 'feather_m0')
    .action(run);
}

async function run(options: DemoOptions): Promise<void> {
  const board = findBoard(options.board);
  const folder = packagePath('models', 'spoken-digits-sparse');
  const { program, files, truth } = openClips(
    folder,
    [packagePath('models', 'spoken-digits', 'samples')],
    {},
  );
  const kernel = await chooseKernel(program, 'auto', board);
  const sounds = await readClips(program, files);
  const clips = sounds.map((samples, i) => ({ file: files[i] ?? '', samples }));
  const listening = firmwareProgram(program);
  const firmware = await buildFirmware(listening, { board, kernel, outDir: options.output });
  const host = await HostExecutor.create(program, { kernel });
  const chip = await ChipExecutor.create(listening, { kernel, board });

  const rows: Cell[][] = [];
  const onClip = ({ file }: NamedClip, { label, scores }: { label: number; scores: Int32Array }) => {
    const expected = truth(file);
    const [first = 0, second = 0] = [...scores].sort((a, b) => b - a);
    rows.push([
      file.slice(file.lastIndexOf('/') + 1),
      expected === null ? null : (program.labels[expected] ?? ''),
      program.labels[label] ?? '',
      first,
      second,
      { value: expected === label ? '' : 'wrong', tone: 'bad' },
    ]);
  };
  const report = await compare(clips, { program, host, chip, onClip });
  await Promise.all([host.close(), chip.close()]);

  print(
    ...tableLines({
      columns: [
        textColumn('clip', { shrinks: true }),
        textColumn('label'),
        textColumn('predicted'),
        countColumn('score'),
        countColumn('next best'),
        textColumn(''),
      ],
      rows,
    }),
    '',
    agreement(report),
    '',
  );
  const { step, frontend, stack } = chip.statistics;
  const perStep = step.cycles / step.calls;
  const perFrame = perStep + frontend.cycles / Math.max(1, frontend.calls);
  const hop = (program.frontend.hop / program.frontend.sampleRate) * board.chip.coreClock;
  print(
    `${board.title} (${board.chip.name}), ${kernel} kernel, emulated, zero wait states`,
    ...tableLines(
      {
        columns: [textColumn(''), countColumn(''), textColumn('')],
        rows: [
          ['flash', firmware.flash, `bytes of ${grouped(board.chip.flashBytes)}`],
          ['RAM', firmware.ram, `bytes of ${grouped(board.chip.ramBytes)}`],
          ['stack', firmware.stack.worst, `bytes proven, ${grouped(stack)} reached`],
          ['network', perStep, `cycles per step, ${grouped(step.cyclesMax)} at most`],
          ['with features', perFrame, `cycles per frame, ${percent(perFrame / hop)} of the chip`],
          ['real time', `${(hop / perFrame).toFixed(1)} x`, 'faster than the sound'],
        ],
      },
      { bare: true },
    ),
    '',
    `flash it: double-press reset, then copy ${firmware.files?.uf2 ?? firmware.files?.bin ?? ''} to the drive`,
  );
  if (report.differences > 0) process.exitCode = EXIT_DIFFERENCE;
}

interface Machines {
  readonly program: Parameters<typeof verify>[0];
  readonly host: HostExecutor;
  readonly chip: ChipExecutor;
  readonly onClip: NonNullable<Parameters<typeof verify>[4]>['onClip'] & {};
}

async function compare(
  clips: readonly NamedClip[],
  { program, host, chip, onClip }: Machines,
): Promise<VerifyReport> {
  const progress = new Progress('Comparing');
  try {
    return await verify(program, clips, new ReferenceExecutor(program), [host, chip], {
      onProgress: (done, total) => progress.update(done, total),
      onClip,
    });
  } finally {
    progress.finish();
  }
}

// SPDX-License-Identifier: Apache-2.0

import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultBoard } from '../../boards/boards.ts';
import { type KernelName, kernelNames } from '../../codegen/emit/emit.ts';
import { InputError } from '../../core/base/errors.ts';
import type { Program } from '../../core/program/program.ts';
import { writeWhole } from '../../host/files/files.ts';
import { Progress } from '../../host/pool/progress.ts';
import { type FlashTiming, flashTimings } from '../../machines/emulated/emulators.ts';
import { type BenchReport, bench, type KernelBench } from '../../report/bench/bench.ts';
import { benchClips } from '../../report/bench/clips.ts';
import { type EnergyRow, energyRows } from '../../report/bench/energy-rows.ts';
import { benchSection } from '../../report/bench/markdown.ts';
import {
  type Cell,
  countColumn,
  grouped,
  numberColumn,
  percent,
  shareColumn,
  sparkline,
  textColumn,
} from '../../report/table/table.ts';
import { filterOption, jsonOption, limitOption, newCommand } from '../shared/command.ts';
import { openModel, selectionOf } from '../shared/input.ts';
import { print, printJson } from '../shared/output.ts';
import { tableLines } from '../terminal/table.ts';

interface BenchOptions {
  readonly kernel: KernelName | 'all';
  readonly flash: FlashTiming;
  readonly limit?: number;
  readonly filter?: string;
  readonly split?: string;
  readonly gated: number;
  readonly markdown?: string;
  readonly json?: boolean;
}

export function benchCommand(): Command {
  return newCommand('bench', 'Measure cycles, flash, RAM and stack on the emulated chip.', [
    { command: 'egru bench models/spoken-digits', does: 'on the sounds that come with the model' },
    {
      command: 'egru bench models/spoken-digits clips/ --split test --kernel packed',
      does: 'one kernel, on your own recordings',
    },
  ])
    .argument('<model>', 'model folder or program.json')
    .argument('[audio...]', "WAV files and folders; without any: the model's own samples, or noise")
    .addOption(
      new Option('--kernel <name>', 'what to measure in addition to the baselines')
        .choices([...kernelNames, 'all'])
        .default('all'),
    )
    .addOption(
      new Option(
        '--flash <timing>',
        'wait state: none, for each new line, or for what the cache lacks (slow)',
      )
        .choices(flashTimings)
        .default('bound'),
    )
    .addOption(filterOption())
    .addOption(limitOption())
    .option('--split <name>', 'only files of this split of model.json')
    .addOption(
      new Option(
        '--gated <share>',
        'for the energy: share of VAD-inactive frames, which skip the network, 0 to 1',
      )
        .argParser(share)
        .default(0.9),
    )
    .option('--markdown <file>', 'also write the report as a section of a document')
    .addOption(jsonOption())
    .action(run);
}

async function run(path: string, audio: readonly string[], options: BenchOptions): Promise<void> {
  if (options.markdown !== undefined && options.flash !== 'bound')
    throw new InputError('--markdown', 'has a column with all flash lines: it goes with --flash bound');
  const { program, splits } = openModel(path);
  const { clips, source } = await benchClips(program, path, audio, selectionOf(options, splits));
  const kernels = options.kernel === 'all' ? kernelNames : [options.kernel];
  const report = await measure(program, clips, kernels, options.flash);
  if (options.markdown !== undefined) {
    const command = `egru bench ${[path, ...audio].join(' ')}${options.split === undefined ? '' : ` --split ${options.split}`}`;
    const { hop = null, sampleRate = null } = program.frontend ?? {};
    writeWhole(options.markdown, benchSection(report, command, hop, sampleRate, options.gated));
  }
  const { frontend } = program;
  const energy =
    frontend === null ? null : energyRows(report, frontend.hop, frontend.sampleRate, options.gated);
  if (options.json) printJson({ ...report, gated: options.gated, energy });
  else {
    show(report, program, source, options.flash);
    if (energy !== null) showEnergy(energy, options.gated);
  }
}

function share(text: string): number {
  const value = /^(0|1|0?\.\d{1,6}|0\.\d{1,6}|1\.0{1,6})$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}

function showEnergy(rows: readonly EnergyRow[], gated: number): void {
  print(
    '',
    ...tableLines({
      columns: [
        textColumn('energy'),
        textColumn('microphone'),
        ...['load', 'with VAD'].flatMap((title) => [
          shareColumn(title),
          numberColumn('mA', 2),
          numberColumn('µJ', 0),
        ]),
      ],
      rows: rows.map(({ kernel, part, microphone, alwaysOn, gated: quiet }) => [
        ...[kernel, `${part} ${microphone}`],
        ...[alwaysOn, quiet].flatMap(({ load, milliamps, microjoules }) => [load, milliamps, microjoules]),
      ]),
    }),
    `estimate for a frame, always on and with VAD inactive in ${percent(gated)} (docs/ENERGY.md)`,
  );
}

/** With a progress line for each thing that is measured. */
async function measure(
  program: Program,
  clips: readonly Int16Array[],
  kernels: readonly KernelName[],
  flash: FlashTiming,
): Promise<BenchReport> {
  let label = '';
  let progress = new Progress(label);
  const onProgress = (what: string, done: number, total: number) => {
    if (what !== label) {
      progress.finish();
      progress = new Progress((label = what));
    }
    progress.update(done, total);
  };
  try {
    return await bench(program, clips, { kernels, flash, onProgress });
  } finally {
    progress.finish();
  }
}

/** Title of the column with the wait state, and what it counts. */
const waits: Readonly<Record<FlashTiming, readonly [string, string]>> = {
  0: ['no wait', 'no wait state'],
  bound: ['lines', 'one more cycle for every new 8-byte line of flash (one wait state)'],
  cache: [
    'cache',
    'one more cycle for every line of flash that a cache of 8 does not hold (docs/EMULATOR.md)',
  ],
};

function show(report: BenchReport, program: Program, source: string, flash: FlashTiming): void {
  const [title, counted] = waits[flash];
  const { frontend } = program;
  const budget =
    frontend === null ? null : (frontend.hop / frontend.sampleRate) * defaultBoard.chip.coreClock;
  const best = Math.min(...report.kernels.map(({ cyclesPerStep }) => cyclesPerStep));
  print(
    `${report.model}: ${grouped(report.steps)} steps of ${source}, zero wait states`,
    '',
    ...tableLines({
      columns: [
        textColumn('kernel'),
        countColumn('cycles'),
        countColumn('most'),
        countColumn(title),
        numberColumn('ratio', 1),
        countColumn('flash'),
        countColumn('RAM'),
        countColumn('stack'),
        shareColumn('frame'),
      ],
      rows: report.kernels.map((kernel) => kernelRow(kernel, best, budget)),
    }),
    '',
    ...tableLines({
      columns: [
        textColumn('cycles by layer'),
        ...program.layers.map(({ name }) => countColumn(name)),
        textColumn(''),
      ],
      rows: report.kernels.map(({ name, layers }) => {
        const cycles = layers.map((layer) => layer.cycles);
        return [name, ...cycles, sparkline(cycles)];
      }),
    }),
    ...eventLines(report, program),
    '',
    `softsign: ${report.softsign.mean.toFixed(1)} cycles a call over these clips, ` +
      `${report.softsign.uniformMean.toFixed(1)} over its domain, ${report.softsign.max} at most`,
  );
  if (report.frontend === null || budget === null) return;
  const { cycles, cyclesMax, cyclesBound } = report.frontend;
  print(
    `feature extractor: ${grouped(Math.round(cycles))} cycles a frame, ${grouped(cyclesMax)} at most, ` +
      `${percent(cycles / budget)} of a hop`,
    `  with ${title}: ${grouped(Math.round(cyclesBound))}`,
    `${title}: ${counted}`,
  );
}

/** Of a network that sends events: how many, and how far its steps go apart. */
function eventLines({ events, kernels }: BenchReport, { layers }: Program): string[] {
  const active = layers.flatMap(({ name, units }, i) => {
    const count = events[i] ?? null;
    return count === null ? [] : [`${name} ${count.toFixed(1)} of ${units} (${percent(count / units)})`];
  });
  if (active.length === 0) return [];
  const steps = kernels.flatMap(({ name, cyclesPerStep99 }) =>
    cyclesPerStep99 === null ? [] : [`${name} ${grouped(cyclesPerStep99)}`],
  );
  return [
    '',
    `events a step: ${active.join(', ')}`,
    `99 of 100 steps stay within: ${steps.join(', ')} cycles`,
  ];
}

function kernelRow(kernel: KernelBench, best: number, budget: number | null): Cell[] {
  const share = budget === null ? null : kernel.cyclesPerStep / budget;
  return [
    kernel.name,
    kernel.cyclesPerStep,
    kernel.cyclesPerStepMax,
    kernel.cyclesPerStepBound,
    kernel.cyclesPerStep / best,
    kernel.flash,
    kernel.ram,
    kernel.stack,
    { value: share, tone: share !== null && share > 1 ? 'bad' : null },
  ];
}

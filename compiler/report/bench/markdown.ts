// SPDX-License-Identifier: Apache-2.0
/** A benchmark as the section of docs/BENCHMARKS.md; `make bench` rewrites that file. */
import { defaultBoard } from '../../boards/boards.ts';
import type { BenchReport, KernelBench } from './bench.ts';
import { type EnergyRow, energyRows } from './energy-rows.ts';

/** "float GRU, plain C": what a reader calls a row. */
export function kernelTitle(name: string): string {
  switch (name) {
    case 'literal':
      return 'literal eGRU in C';
    case 'float-gru':
      return 'GRU in float, plain C';
    default:
      return `egru \`${name}\``;
  }
}

/** Rows slowest first, with the ratio to the fastest kernel. */
export function kernelTable(report: BenchReport): string[] {
  const rows = [...report.kernels].sort((a, b) => b.cyclesPerStep - a.cyclesPerStep);
  const best = rows[rows.length - 1];
  return [
    '| implementation | cycles per step | at most | ratio | with flash lines | flash | RAM | stack |',
    '|---|--:|--:|--:|--:|--:|--:|--:|',
    ...rows.map(
      (row) =>
        `| ${kernelTitle(row.name)} | ${whole(row.cyclesPerStep)} | ${whole(row.cyclesPerStepMax)} | ` +
        `${best === undefined ? '' : (row.cyclesPerStep / best.cyclesPerStep).toFixed(1)} | ` +
        `${whole(row.cyclesPerStepBound)} | ${whole(row.flash)} | ${whole(row.ram)} | ${whole(row.stack)} |`,
    ),
  ];
}

export function benchSection(
  report: BenchReport,
  command: string,
  hop: number | null,
  rate: number | null,
  gated: number,
): string {
  const layers = report.kernels[0]?.layers.map(({ name }) => name) ?? [];
  const lines = [
    `## ${report.model}`,
    '',
    `\`${command}\`: ${report.clips} clips, ${whole(report.steps)} steps.`,
    '',
    ...kernelTable(report),
    '',
    'Cycles by layer (mean):',
    '',
    `| implementation | ${layers.join(' | ')} |`,
    `|---|${layers.map(() => '--:').join('|')}|`,
    ...report.kernels.map(
      (kernel) =>
        `| ${kernelTitle(kernel.name)} | ${kernel.layers.map(({ cycles }) => whole(cycles)).join(' | ')} |`,
    ),
    '',
    `Softsign, call overhead included: ${report.softsign.mean.toFixed(1)} cycles in the mean over the accumulators of these ` +
      `clips, ${report.softsign.uniformMean.toFixed(1)} over its whole domain, ${report.softsign.max} at most.`,
  ];
  if (report.frontend !== null && hop !== null && rate !== null) {
    const { cycles, cyclesMax, cyclesBound } = report.frontend;
    const budget = (hop / rate) * defaultBoard.chip.coreClock;
    lines.push(
      '',
      `Feature extractor, one frame: ${whole(cycles)} cycles in the mean, ${whole(cyclesMax)} at most, ${whole(cyclesBound)} with ` +
        'flash lines.',
      '',
      ...report.kernels.map((kernel) => `- ${share(kernel, cycles, budget)}`),
      '',
      ...energyTable(energyRows(report, hop, rate, gated), gated),
    );
  }
  return `${lines.join('\n')}\n`;
}

function share(kernel: KernelBench, frontend: number, budget: number): string {
  const total = kernel.cyclesPerStep + frontend;
  return (
    `${kernelTitle(kernel.name)} and feature extractor: ${whole(total)} cycles of the ${whole(budget)} that a hop lasts, ` +
    `${((100 * total) / budget).toFixed(1)} % of the chip.`
  );
}

/** "12,345" */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** docs/ENERGY.md explains it. */
export function energyTable(rows: readonly EnergyRow[], gated: number): string[] {
  const percent = `${(100 * gated).toFixed(0)} %`;
  return [
    `Energy, estimated ([ENERGY.md](ENERGY.md)): mA of chip and microphone, and µJ per frame, always on and with ${percent} of`,
    'the frames kept from the network by voice activity.',
    '',
    '| implementation | microphone | load | mA | µJ | load, with VAD | mA, with VAD | µJ, with VAD |',
    '|---|---|--:|--:|--:|--:|--:|--:|',
    ...rows.map(({ kernel, part, microphone, alwaysOn, gated: quiet }) => {
      const cells = [alwaysOn, quiet].flatMap(({ load, milliamps, microjoules }) => [
        `${(100 * load).toFixed(1)} %`,
        milliamps.toFixed(2),
        microjoules.toFixed(0),
      ]);
      return `| ${kernelTitle(kernel)} | ${part} (${microphone}) | ${cells.join(' | ')} |`;
    }),
  ];
}

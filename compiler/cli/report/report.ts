// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { WholeFile } from '../../host/files/files.ts';
import {
  fileColumnOption,
  filterOption,
  kernelOption,
  limitOption,
  newCommand,
  patternOption,
  strictOption,
  wholeNumber,
} from '../shared/command.ts';
import { microphoneOption } from '../shared/hearing.ts';
import { count, print } from '../shared/output.ts';
import { gatherReport, type ReportOptions, sortPaths } from './input.ts';

/** Clips that run on the emulated chip, for mean cycles. */
const CHIP_CLIPS = 12;

export function reportCommand(): Command {
  return newCommand('report', 'Write a page about a model: curves, confusion, layers, costs, recordings.', [
    {
      command: 'egru report models/spoken-digits -o report.html',
      does: "with the samples of the model's folder; one file that needs no network",
    },
    {
      command: 'egru report my-model clips/ evening.wav -o report.html',
      does: 'cells of the confusion matrix play their clips; draws the recording',
    },
    {
      command: 'egru report my-model words/ --background street/ -o report.html',
      does: 'with misses against false alarms per hour, and where its thresholds lie',
    },
    {
      command: 'egru report my-model other-model clips/ -o report.html',
      does: 'two models side by side',
    },
  ])
    .argument('<model>', 'model folder or program.json')
    .argument('[path...]', 'a second model; folders of labelled clips; up to four recordings that are drawn')
    .requiredOption('-o, --output <file>', 'the page')
    .option('--background <path>', 'folder or table of recordings that hold no keyword: for false alarms')
    .option('--split <name>', 'of the clips: only this split of model.json')
    .addOption(filterOption())
    .addOption(limitOption())
    .addOption(patternOption())
    .addOption(fileColumnOption())
    .option('--board <name>', 'board that the costs are those of (default: arduino_zero)')
    .addOption(microphoneOption())
    .addOption(kernelOption())
    .option(
      '--chip-clips <n>',
      'clips that run on the emulated chip, for mean cycles; 0: estimates alone',
      wholeNumber,
      CHIP_CLIPS,
    )
    .addOption(strictOption())
    .action(run);
}

async function run(model: string, paths: readonly string[], options: ReportOptions): Promise<void> {
  const given = sortPaths(model, paths);
  const file = new WholeFile(options.output);
  try {
    const { facts, audible } = await gatherReport(given, options);
    const { reportPage } = await import('../../report/pages/report-page.ts');
    const page = reportPage(facts, audible);
    file.write(page);
    file.commit();
    print(
      `${options.output}: ${count(Buffer.byteLength(page), 'byte')}; any browser shows it, without a network`,
    );
  } finally {
    file.discard();
  }
}

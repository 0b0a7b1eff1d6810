// SPDX-License-Identifier: Apache-2.0

import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { printable } from '../../core/base/errors.ts';
import { WholeFile } from '../../host/files/files.ts';
import { Progress } from '../../host/pool/progress.ts';
import { countColumn, grouped, numberColumn, textColumn } from '../../report/table/table.ts';
import { measure } from '../../training/data/measure.ts';
import { openDataset, splitRuleOf } from '../../training/data/open.ts';
import { eachRecording } from '../../training/data/recordings.ts';
import { splitDataset } from '../../training/data/splits.ts';
import {
  acrossSplits,
  balancePicture,
  type DatasetStats,
  faultsOf,
  type NameList,
  type SplitTable,
  splitTable,
  statsOf,
} from '../../training/data/stats.ts';
import { jsonOption, newCommand, strictOption } from '../shared/command.ts';
import {
  addDatasetOptions,
  configOption,
  type DataOptions,
  datasetConfig,
  readConfig,
} from '../shared/data-input.ts';
import { count, print, printJson } from '../shared/output.ts';
import { outputWidth, tableLines } from '../terminal/table.ts';

interface StatsOptions extends DataOptions {
  readonly html?: string;
  readonly json?: boolean;
}

export function dataStatsCommand(): Command {
  return addDatasetOptions(
    newCommand('stats', 'Show labels, lengths, loudness and defects of a dataset.', [
      { command: 'egru data stats clips/', does: 'a folder of folders, each named like its label' },
      {
        command: 'egru data stats digits/ --pattern "{label}_{speaker}_{index}.wav"',
        does: 'files whose names contain the label',
      },
      {
        command: 'egru data stats clips.csv --config training.json --html stats.html',
        does: 'a manifest, how it is split, and a page with pictures',
      },
    ]).argument('<dataset>', 'folder of recordings, or a CSV file with "file" and "label"'),
  )
    .addOption(configOption())
    .option('--html <file>', 'also write a page with pictures')
    .addOption(strictOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(path: string, options: StatsOptions): Promise<void> {
  const document = readConfig(options.config);
  const config = datasetConfig(document, options);
  const dataset = openDataset(path, config);
  const division = options.config === undefined ? null : splitDataset(dataset, splitRuleOf(dataset, config));
  const splits = division === null ? null : splitTable(dataset.labels, division);
  const page = options.html === undefined ? null : new WholeFile(options.html);
  const progress = new Progress('Reading');
  const { entries } = dataset;
  let stats: DatasetStats;
  let duplicatesAcrossSplits: DatasetStats['duplicates'] = [];
  try {
    const onDone = (done: number) => progress.update(done, entries.length);
    const { results, unusable } = await eachRecording(entries, null, config.strict, measure, onDone);
    stats = statsOf(results, unusable);
    if (division !== null) duplicatesAcrossSplits = acrossSplits(stats.duplicates, division);
    if (page !== null) {
      const { statsPage } = await import('../../report/pages/stats-page.ts');
      const faults = faultsOf(stats, duplicatesAcrossSplits);
      page.write(statsPage(basename(resolve(path)), stats, splits, faults));
      page.commit();
    }
  } catch (error) {
    page?.discard();
    throw error;
  } finally {
    progress.finish();
  }
  if (options.json) {
    return printJson(splits === null ? stats : { ...stats, splits, duplicatesAcrossSplits });
  }
  print(...shown(stats, splits, faultsOf(stats, duplicatesAcrossSplits)));
}

/** Names of a list that are shown; --json has all. */
const SHOWN = 5;

function shown(stats: DatasetStats, splits: SplitTable | null, faults: readonly NameList[]): string[] {
  const rates = Object.entries(stats.sampleRates).map(([rate, n]) =>
    stats.recordings === n
      ? `${grouped(Number(rate))} Hz`
      : `${count(n, 'file')} at ${grouped(Number(rate))} Hz`,
  );
  return [
    `${count(stats.recordings, 'recording')}, ${count(stats.labels.length, 'label')}, ` +
      `${(stats.seconds / 60).toFixed(1)} minutes`,
    ...rates.slice(0, SHOWN),
    '',
    ...balancePicture(stats).split('\n'),
    '',
    ...labelTable(stats),
    ...(splits === null ? [] : ['', ...splitLines(splits)]),
    ...faults.flatMap(names),
  ];
}

function labelTable({ labels }: DatasetStats): string[] {
  return tableLines({
    columns: [
      textColumn('label', { shrinks: true }),
      countColumn('recordings'),
      numberColumn('shortest s', 2),
      numberColumn('median', 2),
      numberColumn('longest', 2),
      numberColumn('RMS dB', 1),
    ],
    rows: labels.map(({ label, recordings, lengths: { min, median, max }, level }) => [
      label,
      recordings,
      min,
      median,
      max,
      level,
    ]),
  });
}

function splitLines({ total, labels }: SplitTable): string[] {
  return tableLines({
    columns: [
      textColumn('split', { shrinks: true }),
      countColumn('train'),
      countColumn('validation'),
      countColumn('test'),
    ],
    rows: [...labels, { label: 'all', ...total }].map(({ label, train, validation, test }) => [
      label,
      train,
      validation,
      test,
    ]),
  });
}

function names({ title, items }: NameList): string[] {
  const lines = items.slice(0, SHOWN).map((item) => `  ${cut(printable(item), outputWidth() - 2)}`);
  const more = items.length > SHOWN ? [`  and ${grouped(items.length - SHOWN)} more (--json has all)`] : [];
  return ['', `${title}: ${grouped(items.length)}`, ...lines, ...more];
}

function cut(text: string, width: number): string {
  const points = [...text];
  return points.length <= width ? text : `${points.slice(0, width - 1).join('')}…`;
}

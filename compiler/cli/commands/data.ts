// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { dataFetchCommand } from '../data/fetch.ts';
import { dataPreviewCommand } from '../data/preview.ts';
import { dataSpeakCommand } from '../data/speak.ts';
import { dataStatsCommand } from '../data/stats.ts';
import { dataTrimCommand } from '../data/trim.ts';
import { newCommand } from '../shared/command.ts';

export function dataCommand(): Command {
  const data = newCommand(
    'data',
    'Inspect, fetch, trim and synthesize recordings, and preview their augmentation.',
    [
      {
        command: 'egru data fetch spoken-digits -o digits',
        does: 'recordings to train with, from the network',
      },
      { command: 'egru data stats clips/', does: 'what a dataset consists of, and what is wrong with it' },
      { command: 'egru data help stats', does: 'options and examples of one of them' },
    ],
  );
  for (const make of [
    dataStatsCommand,
    dataPreviewCommand,
    dataTrimCommand,
    dataFetchCommand,
    dataSpeakCommand,
  ]) {
    data.addCommand(make());
  }
  return data;
}

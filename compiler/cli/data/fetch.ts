// SPDX-License-Identifier: Apache-2.0
import { Argument, type Command } from 'commander';
import { printable } from '../../core/base/errors.ts';
import { Progress } from '../../host/pool/progress.ts';
import { type Fetched, fetchRecordings, PUBLIC, type PublicName } from '../../training/data/fetch/fetch.ts';
import { jsonOption, newCommand } from '../shared/command.ts';
import { folderOption } from '../shared/data-input.ts';
import { count, print, printJson } from '../shared/output.ts';
import { report } from './trim.ts';

interface FetchOptions {
  readonly output: string;
  readonly from?: string;
  readonly json?: boolean;
}

export function dataFetchCommand(): Command {
  const names = Object.keys(PUBLIC) as PublicName[];
  return newCommand('fetch', 'Fetch public recordings for training; needs git and a network.', [
    {
      command: 'egru data fetch spoken-digits -o digits',
      does: '3,000 digits by six speakers (CC BY-SA 4.0)',
    },
    {
      command: 'egru data fetch wake-words -o words',
      does: 'five wake words by over fifty speakers (Apache-2.0)',
    },
    {
      command: 'egru data fetch wake-words -o words --from ~/wake-word-benchmark',
      does: 'from a copy of the repository, without a network',
    },
  ])
    .addArgument(new Argument('<name>', 'which recordings').choices(names))
    .addOption(folderOption())
    .option('--from <path|url>', 'a mirror, or a folder with the files of the repository')
    .addOption(jsonOption())
    .action(run);
}

async function run(name: PublicName, options: FetchOptions): Promise<void> {
  const progress = new Progress('Converting');
  let fetched: Fetched;
  try {
    fetched = await fetchRecordings(name, options.output, options.from ?? null, {
      onDone: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.finish();
  }
  if (options.json) return printJson({ name, folder: options.output, ...fetched });
  const { pattern } = PUBLIC[name];
  const flag = pattern === null ? '' : ` --pattern "${pattern}"`;
  print(
    ...report(options.output, fetched),
    ...fetched.leftOut.map(
      ({ folder, files }) =>
        `left out: ${count(files, 'file')} in ${printable(folder)}, no WAV (ffmpeg or sox convert them)`,
    ),
    `licence and origin: ${printable(options.output)}/SOURCE.txt`,
    '',
    'To see what it contains:',
    `  egru data stats ${printable(options.output)}${flag}`,
  );
}

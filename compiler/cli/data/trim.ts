// SPDX-License-Identifier: Apache-2.0
import { constants, copyFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { MAX_RATE, MIN_RATE } from '../../core/audio/source.ts';
import { printable } from '../../core/base/errors.ts';
import { guard } from '../../host/files/files.ts';
import { writeWholeFolder } from '../../host/files/whole-folder.ts';
import { Progress } from '../../host/pool/progress.ts';
import { type Conversion, convertInto } from '../../training/data/convert.ts';
import { findDataset } from '../../training/data/dataset.ts';
import { jsonOption, newCommand, strictOption } from '../shared/command.ts';
import { addDatasetOptions, type DatasetFlags, folderOption } from '../shared/data-input.ts';
import { count, print, printJson } from '../shared/output.ts';

interface TrimOptions extends DatasetFlags {
  readonly output: string;
  readonly margin: number;
  readonly rate?: number;
  readonly json?: boolean;
}

export function dataTrimCommand(): Command {
  return addDatasetOptions(
    newCommand('trim', 'Trim long recordings to the word in them.', [
      { command: 'egru data trim clips/ -o trimmed', does: 'keeps a tenth of a second before and after' },
      { command: 'egru data trim clips/ -o trimmed --margin 0.2 --rate 8000', does: 'also at another rate' },
    ])
      .argument('<dataset>', 'folder of recordings, or a CSV file with "file" and "label"')
      .addOption(folderOption()),
  )
    .option('--margin <seconds>', 'what to keep before and after the word', margin, 0.1)
    .option('--rate <hertz>', "sample rate; without it each recording's own", rate)
    .addOption(strictOption())
    .addOption(jsonOption())
    .action(run);
}

function margin(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : -1;
  if (value < 0 || value > 60) throw new InvalidArgumentError('It must be a number from 0 to 60.');
  return value;
}

function rate(text: string): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < MIN_RATE || value > MAX_RATE) {
    throw new InvalidArgumentError(`It must be a whole number from ${MIN_RATE} to ${MAX_RATE}.`);
  }
  return value;
}

/** A manifest goes along, and over no recording. */
const NEW = constants.COPYFILE_EXCL;

async function run(path: string, options: TrimOptions): Promise<void> {
  const { entries } = findDataset(path, options.pattern ?? null, undefined, {
    file: options.fileColumn,
    label: options.labelColumn,
  });
  const files = entries.map(({ file, name }) => ({ from: file, name }));
  const rules = { sampleRate: options.rate ?? null, margin: options.margin };
  const progress = new Progress('Trimming');
  const onDone = (done: number) => progress.update(done, files.length);
  let done: Conversion;
  try {
    done = await writeWholeFolder(options.output, async (folder) => {
      const result = await convertInto(folder, files, rules, onDone);
      if (!statSync(path).isDirectory())
        guard(path, () => copyFileSync(path, join(folder, basename(path)), NEW));
      return result;
    });
  } finally {
    progress.finish();
  }
  if (options.json) printJson({ folder: options.output, ...done });
  else print(...report(options.output, done));
}

const SHOWN = 5;

export function report(folder: string, { written, before, after, whole, unusable }: Conversion): string[] {
  return [
    `${count(written, 'recording')} in ${printable(folder)}, ` +
      `${(after / 60).toFixed(1)} of ${(before / 60).toFixed(1)} minutes`,
    ...some('no word was found, kept whole', whole),
    ...some(
      'left out, cannot be used',
      unusable.map(({ name, problem }) => `${name}: ${problem}`),
    ),
  ];
}

function some(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > SHOWN ? [`  and ${items.length - SHOWN} more (--json has all)`] : [];
  return [
    `${title}: ${items.length}`,
    ...items.slice(0, SHOWN).map((item) => `  ${printable(item)}`),
    ...more,
  ];
}

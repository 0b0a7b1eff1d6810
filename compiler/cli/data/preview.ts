// SPDX-License-Identifier: Apache-2.0

import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { cutClip } from '../../core/audio/crop.ts';
import { wavBytes } from '../../core/audio/wav/wav-bytes.ts';
import { InputError, printable } from '../../core/base/errors.ts';
import { JsonValue } from '../../core/base/json.ts';
import { findClips, SOUND_NAME, spread } from '../../host/audio/clips.ts';
import { readSound } from '../../host/audio/sound-file.ts';
import { type FolderFile, guard, writeFolder } from '../../host/files/files.ts';
import { trimToWord } from '../../training/data/onset.ts';
import { findBackgrounds, openDataset } from '../../training/data/open.ts';
import { augment } from '../../training/train/augment/augment.ts';
import { AUGMENT } from '../../training/train/augment/features-task.ts';
import {
  type Draws,
  describeDraws,
  onlyParts,
  PARTS,
  readParts,
} from '../../training/train/augment/preview.ts';
import { type AugmentRules, NOTHING } from '../../training/train/augment/rules.ts';
import { readTrainingConfig, type TrainingConfig } from '../../training/train/config.ts';
import { Random } from '../../training/train/random.ts';
import { jsonOption, newCommand, strictOption } from '../shared/command.ts';
import {
  addDatasetOptions,
  configOption,
  type DataOptions,
  datasetConfig,
  folderOption,
  readConfig,
} from '../shared/data-input.ts';
import { count, print, printJson } from '../shared/output.ts';
import { outputWidth } from '../terminal/table.ts';

interface PreviewOptions extends DataOptions {
  readonly output: string;
  readonly count: number;
  readonly seed?: number;
  readonly only?: string;
  readonly background?: readonly string[];
  readonly json?: boolean;
}

/** All files are open at once until they are in their places. */
const MOST = 200;

export function dataPreviewCommand(): Command {
  return addDatasetOptions(
    newCommand('preview', 'Write recordings as training augments them, to listen to.', [
      {
        command: 'egru data preview seven.wav -o preview',
        does: 'five versions of a recording, as WAV files',
      },
      {
        command: 'egru data preview clips/ -o preview --config training.json --count 20',
        does: 'twenty recordings of a dataset, augmented as in that training',
      },
      {
        command: 'egru data preview seven.wav -o preview --only reverberation,noise',
        does: 'only these parts of the augmentation, in every version',
      },
    ])
      .argument('<recording|dataset>', 'a WAV file, a folder, or a CSV file')
      .addOption(folderOption()),
  )
    .addOption(configOption())
    .option('--count <n>', 'versions of a recording, or recordings of a dataset', versions, 5)
    .option('--seed <n>', 'replaces the seed of the configuration', seed)
    .option('--only <parts>', `only these: ${PARTS.slice(0, 4).join(', ')},\n${PARTS.slice(4).join(', ')}`)
    .option('--background <path>', 'recordings to mix in; may be repeated', collect)
    .addOption(strictOption())
    .addOption(jsonOption())
    .action(run);
}

function versions(text: string): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > MOST)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST}.`);
  return value;
}

function seed(text: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (value < 0 || value >= 2 ** 31) throw new InvalidArgumentError('It must be a whole number below 2^31.');
  return value;
}

function collect(path: string, paths: readonly string[] = []): string[] {
  return [...paths, path];
}

/** A recording to be changed: where its chance comes from, and what its file is called, without the ending. */
interface Source {
  readonly file: string;
  readonly name: string;
  readonly round: number;
  readonly clip: number;
}

async function run(path: string, options: PreviewOptions): Promise<void> {
  const document = readConfig(options.config);
  const config = augmentation(document);
  const { sampleRate, frame, hop } = config.frontend;
  const window = { frame, hop, steps: config.readout.steps };
  const rules = rulesOf(config.augment ?? NOTHING, options);
  const dataset = datasetConfig(document, options);
  const { trim } = dataset;
  const backgrounds =
    options.background === undefined ? findBackgrounds(path, dataset) : findClips(options.background);
  if (rules.background !== null && backgrounds.length === 0 && options.only !== undefined) {
    throw new InputError('--only', 'background needs recordings to mix in; name them with --background');
  }
  const sounds: Int16Array[] = [];
  for (const file of backgrounds) sounds.push((await readSound(file, sampleRate)).samples);

  const files: FolderFile[] = [];
  const written: { readonly file: string; readonly source: string; readonly drawn: Draws }[] = [];
  for (const { file, name, round, clip } of sources(path, document, options)) {
    const { samples: whole } = await readSound(file, sampleRate);
    const samples = trim === null ? whole : trimToWord(whole, sampleRate, trim);
    const drawn: Record<string, number | string> = {};
    const random = new Random(options.seed ?? config.seed, AUGMENT, round, clip);
    const { pcm: changed } = augment(samples, sampleRate, window, rules, sounds, random, (part, value) => {
      drawn[part] = value;
    });
    if (round === 0) {
      const plain = cutClip(samples, frame, hop, window.steps);
      files.push({ path: `${name}.0.wav`, data: wavBytes(plain, sampleRate) });
    }
    files.push({ path: `${name}.${round + 1}.wav`, data: wavBytes(changed, sampleRate) });
    written.push({ file: `${name}.${round + 1}.wav`, source: file, drawn });
  }
  writeFolder(options.output, files);
  if (options.json) {
    printJson({ folder: options.output, files: written });
    return;
  }
  for (const { file, drawn } of written) print(...lines(file, describeDraws(drawn, sampleRate)));
  print('', `${count(files.length, 'file')} in ${printable(options.output)}; NAME.0.wav is unchanged`);
}

/** The file's name, and what was drawn on the same line or on lines of its own. */
function lines(file: string, words: string): string[] {
  const name = printable(file);
  if (name.length + 2 + words.length <= outputWidth()) return [`${name}: ${words}`];
  const parts = words.split(', ');
  const rows: string[] = [];
  for (const part of parts) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 2 + part.length < outputWidth())
      rows[rows.length - 1] = `${last}, ${part}`;
    else rows.push(`    ${part}`);
  }
  return [name, ...rows];
}

/** Versions of one recording, or recordings spread over a dataset. */
function sources(path: string, document: JsonValue, options: PreviewOptions): Source[] {
  const isRecording = !guard(path, () => statSync(path)).isDirectory() && !/\.csv$/i.test(path);
  if (isRecording) {
    const name = stem(basename(path));
    return Array.from({ length: options.count }, (_, round) => ({ file: path, name, round, clip: 0 }));
  }
  const { entries } = openDataset(path, datasetConfig(document, options));
  const all = entries.map(({ file, name }, clip) => ({ file, name: stem(name), round: 0, clip }));
  return spread(all, options.count);
}

function stem(name: string): string {
  return name.replace(SOUND_NAME, '');
}

function rulesOf(rules: AugmentRules, { only }: PreviewOptions): AugmentRules {
  return only === undefined ? rules : onlyParts(rules, readParts(only));
}

/** The parts of a configuration that matter here. Its labels do not, but its reader wants some. */
function augmentation(document: JsonValue): TrainingConfig {
  const members = document.members();
  const parts = ['frontend', 'readout', 'seed', 'augment'].flatMap((key) => {
    const member = members.get(key);
    return member === undefined ? [] : [[key, member.value] as const];
  });
  return readTrainingConfig(new JsonValue(document.file, Object.fromEntries(parts), ''), ['a', 'b']);
}

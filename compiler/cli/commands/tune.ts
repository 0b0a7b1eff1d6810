// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { InputError } from '../../core/base/errors.ts';
import { quote } from '../../core/base/json.ts';
import type { DetectProgram } from '../../core/program/detect-program.ts';
import { findClips } from '../../host/audio/clips.ts';
import { truthReader } from '../../host/audio/labels.ts';
import { type SoundProgram, soundProgram } from '../../machines/batch/stream-input.ts';
import type { Goal } from '../../report/tune/choose.ts';
import { backgroundAmong } from '../../training/background/label.ts';
import { type BackgroundOptions, withBackground } from '../shared/background.ts';
import { fileColumnOption, jsonOption, newCommand, patternOption } from '../shared/command.ts';
import { type HearingOptions, hearThrough, hearThroughOption, microphoneOption } from '../shared/hearing.ts';
import { openModel, selectionOf } from '../shared/input.ts';
import { print, printJson } from '../shared/output.ts';
import {
  checkWords,
  detectFor,
  readModelDocument,
  readWords,
  scaleOf,
  tuneShown,
  writeDetect,
  writeTuning,
} from '../shared/tuning.ts';
import {
  choiceLines,
  curveTable,
  keywordTable,
  thresholdTable,
  tuningLines,
} from '../shared/tuning-report.ts';

const PRESET = '0.5/h';

interface TuneOptions extends HearingOptions, BackgroundOptions {
  readonly keywords: string;
  readonly at: Goal;
  readonly split?: string;
  readonly pattern?: string;
  readonly backgroundLabel?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function tuneCommand(): Command {
  return newCommand('tune', 'Choose thresholds from false alarms per hour or from missed keywords.', [
    {
      command: 'egru tune my-model --keywords words/ --background street/ --at 0.5/h',
      does: 'fewest misses with one false alarm in two hours; writes to model.json',
    },
    {
      command: 'egru tune my-model --keywords words/ --background street/ --at 5% --dry-run',
      does: 'fewest false alarms with at most 5 % of the keywords missed; only prints',
    },
    {
      command: 'egru tune my-model --keywords words/ --background street/ --board mkrzero',
      does: 'with all recordings as the microphone of this board captures them',
    },
  ])
    .argument('<model>', 'model folder')
    .requiredOption('--keywords <folder>', 'recordings of the keywords, in folders named like their labels')
    .requiredOption('--background <path>', 'folder or table of recordings that hold no keyword')
    .addOption(
      new Option('--at <goal>', 'false alarms per hour (0.5/h) or missed keywords (5%)')
        .argParser(readGoal)
        .default(readGoal(PRESET), PRESET),
    )
    .option('--split <name>', 'of the keywords: only this split of model.json')
    .addOption(patternOption())
    .addOption(fileColumnOption())
    .option('--config <file>', 'configuration of a training, whose "background" has columns and sets')
    .option(
      '--set <name>',
      'with --config: only this set of the background (train, validation, test)',
      readSet,
    )
    .option('--background-label <label>', 'the label that is not a keyword (default: other, background, ...)')
    .option('--cache <file>', 'keep the features of the background here')
    .option('--rebuild-cache', 'compute them again')
    .addOption(hearThroughOption())
    .addOption(microphoneOption())
    .option('--dry-run', 'print detect and write nothing')
    .addOption(jsonOption())
    .action(run);
}

async function run(model: string, options: TuneOptions): Promise<void> {
  const { program, splits } = openModel(model);
  const stated = program.detect !== undefined;
  const listening = withKeywords(soundProgram(program, model), stated, options.backgroundLabel);
  const sound = { ...listening, ...hearThrough(options, listening.frontend, model) };
  const truth = truthReader(program.labels, options.pattern, splits);
  const files = findClips([options.keywords], selectionOf(options, splits));
  const words = await readWords(sound, files, truth);
  checkWords(sound, words, options.keywords);
  const written = readModelDocument(model);
  const scale = scaleOf(written);
  const tuning = await withBackground(sound, options, (frames) =>
    tuneShown('Listening', model, sound, words, frames, options.at),
  );
  const detect = detectFor(written, tuning, sound, scale);
  if (options.dryRun !== true) {
    // First: it holds for this network whatever its detection is, should the second one fail.
    writeTuning(written, tuning, program);
    writeDetect(written, detect);
  }
  if (options.json === true) return printJson({ ...tuning, detect, labels: program.labels });
  if (stated) print('detect as it was:', ...tuningLines(tuning.before), '');
  print(...thresholdTable(tuning, program.labels), '', ...keywordTable(tuning, program.labels), '');
  print(...curveTable(tuning), '', ...choiceLines(tuning), '');
  if (options.dryRun === true) print(`"detect": ${JSON.stringify(detect, null, 2)}`);
  else print(`${written.path}: detect is written, and tuning.json beside it, which egru play shows`);
}

/** Without `detect`, every label is a keyword but the one of background, and the network always runs (no VAD). */
function withKeywords(program: SoundProgram, stated: boolean, label: string | undefined): SoundProgram {
  const { labels, detect } = program;
  if (label !== undefined && !labels.includes(label)) {
    throw new InputError('--background-label', `${quote(label)} is not a label of the model`);
  }
  const name = label ?? (stated ? null : backgroundAmong(labels));
  const keywords = detect.keywords.filter((keyword) => labels[keyword.label] !== name);
  if (keywords.length === 0) throw new InputError('--background-label', 'leaves no keyword');
  const tuned: DetectProgram = { ...detect, keywords, vad: stated ? detect.vad : null };
  return { ...program, detect: tuned };
}

function readSet(text: string): 'train' | 'validation' | 'test' {
  if (text === 'train' || text === 'validation' || text === 'test') return text;
  throw new InputError('--set', 'must be train, validation or test');
}

function readGoal(text: string): Goal {
  const [, number = '', unit] = /^(\d{1,6}(?:\.\d{1,6})?)\s*(\/h|%)$/.exec(text) ?? [];
  if (unit === undefined)
    throw new InputError('--at', 'must be false alarms per hour (0.5/h) or missed keywords (5%)');
  return unit === '%' ? { missed: Number(number) / 100 } : { perHour: Number(number) };
}

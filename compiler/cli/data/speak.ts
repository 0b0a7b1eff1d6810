// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError, Option } from 'commander';
import { printable } from '../../core/base/errors.ts';
import { Progress } from '../../host/pool/progress.ts';
import { checkLabel } from '../../training/data/labels.ts';
import { SYNTHETIC } from '../../training/data/synthetic.ts';
import { ENGINES, type EngineName } from '../../training/speech/engines/engine.ts';
import { type SpeakResult, speak } from '../../training/speech/speak.ts';
import { jsonOption, newCommand, positiveNumber, wholeNumber } from '../shared/command.ts';
import { folderOption } from '../shared/data-input.ts';
import { count, print, printJson, shellWord } from '../shared/output.ts';

interface SpeakOptions {
  readonly output: string;
  readonly count: number;
  readonly negatives?: number;
  readonly background: string;
  readonly seed: number;
  readonly engine?: readonly EngineName[];
  readonly piperVoice?: string;
  readonly limit: number;
  readonly json?: boolean;
}

const MOST = 100_000;
/** Hard negatives for each recording of a keyword. */
const NEGATIVES = 3;

export function dataSpeakCommand(): Command {
  return newCommand('speak', 'Make recordings of words by speech synthesis, and of words like them.', [
    {
      command: 'egru data speak "hey lamp" -o words',
      does: '300 recordings of it and 900 of other words, by all that is installed',
    },
    {
      command: 'egru data speak "hey lamp" "lamp off" -o words --engine flite',
      does: 'two keywords by flite alone: the same bytes on every machine',
    },
    { command: 'egru train words/ -o my-model', does: 'trains with them; add recordings of people' },
  ])
    .argument('<text...>', 'keywords: English words in the letters a to z')
    .addOption(folderOption())
    .option('--count <n>', 'recordings of each text', number, 300)
    .option('--negatives <n>', `recordings of other words (default: ${NEGATIVES} for each of a text)`, number)
    .option('--background <label>', 'folder of the other words', 'other')
    .option('--seed <n>', 'of what is drawn', wholeNumber, 1)
    .addOption(new Option('--engine <name...>', 'only these synthesizers').choices(ENGINES))
    .option('--piper-voice <file>', 'a voice of piper (.onnx), which is then used, too')
    .option('--limit <seconds>', 'time that a synthesizer may take for a recording', positiveNumber, 20)
    .addOption(jsonOption())
    .action(run);
}

function number(text: string): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  if (value < 0 || value > MOST)
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${MOST}.`);
  return value;
}

async function run(texts: readonly string[], options: SpeakOptions): Promise<void> {
  const { output, count: each, negatives, background, seed, engine, piperVoice, limit, json } = options;
  checkLabel(background, '--background');
  const progress = new Progress('Speaking');
  let result: SpeakResult;
  try {
    const rules = {
      texts,
      count: each,
      negatives: negatives ?? NEGATIVES * each * texts.length,
      background,
      seed,
      engines: engine ?? [],
      limit,
      piperVoice,
    };
    result = await speak(output, rules, (done, total) => progress.update(done, total));
  } finally {
    progress.finish();
  }
  if (json) return printJson({ folder: output, ...result });
  print(
    ...result.labels.map(({ label, recordings }) => `${count(recordings, 'recording')} of ${label}`),
    ...result.engines.map(
      ({ name, voices, recordings }) =>
        `  ${name}: ${count(voices, 'voice')}, ${count(recordings, 'recording')}`,
    ),
    `${(result.seconds / 60).toFixed(1)} minutes in ${printable(output)}; ${SYNTHETIC} has each one's voice`,
    '',
    'Recordings of people in the same folders count more. To train:',
    `  egru train ${shellWord(output)} -o my-model`,
  );
}

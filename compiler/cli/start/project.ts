// SPDX-License-Identifier: Apache-2.0
/** The files of a new project: what to record, how to train, what to type. */

import type { Board, Microphone } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import type { FolderFile } from '../../host/files/files.ts';
import { markdownTable } from '../../report/table/markdown.ts';
import { countColumn, textColumn } from '../../report/table/table.ts';
import { backgroundAmong } from '../../training/background/label.ts';
import { checkLabel } from '../../training/data/labels.ts';
import { shellWord } from '../shared/output.ts';

export interface Project {
  readonly name: string;
  /** As they are spoken. */
  readonly words: readonly string[];
  readonly board: Board;
  readonly microphone: Microphone;
  /** BCP 47, e.g. "en". */
  readonly language: string;
}

/** Recordings of a word by one person; docs/TRAINING.md asks for a few hundred of each word. */
const EACH = 20;
const PEOPLE = 10;
const BACKGROUND = 'other';
const BACKGROUND_MINUTES = 30;
const MAX_WORDS = 32;

/** "hey lamp" -> "hey_lamp": the folder of its recordings. */
export function labelOf(word: string): string {
  return word.trim().toLowerCase().replace(/\s+/g, '_');
}

/** @throws InputError where a word cannot be a label, or two are the same one */
export function readWords(text: string): string[] {
  const found = text
    .split(',')
    .map((word) => word.trim().replace(/\s+/g, ' '))
    .filter((word) => word !== '');
  if (found.length === 0) throw new InputError('--words', 'names no word; separate several with commas');
  if (found.length > MAX_WORDS)
    throw new InputError('--words', `${found.length} words; at most ${MAX_WORDS}`);
  const labels = found.map((word) => checkLabel(labelOf(word), '--words'));
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw new InputError('--words', `"${twice}" is listed twice`);
  const taken = backgroundAmong(labels);
  if (taken !== null) throw new InputError('--words', `"${taken}" is the name of what is not a word`);
  return found;
}

/** "pt-br" -> "pt-BR". @throws InputError where it is not a language tag */
export function readLanguage(text: string): string {
  try {
    const [tag] = Intl.getCanonicalLocales(text);
    if (tag !== undefined) return tag;
  } catch {
    // refused below
  }
  throw new InputError('--language', `"${text.slice(0, 40)}" is not a language tag such as en, de or pt-BR`);
}

export function languageName(tag: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
}

/** What is typed in the project's folder, in this order: from recordings to a flashed board. */
export function commandsOf({ words: all, board, microphone }: Project): { command: string; does: string }[] {
  const label = shellWord(labelOf(all[0] ?? ''));
  const mic = microphone === board.microphones[0] ? '' : ` --mic ${microphone.name}`;
  return [
    { command: `egru record --pc -o words --label ${label} --count ${EACH}`, does: 'first of RECORDINGS.md' },
    { command: 'egru train words --config train.json -o model', does: 'needs words/ and words/other/' },
    { command: 'egru play model', does: 'try it in your browser' },
    { command: `egru flash model --board ${board.name}${mic}`, does: 'with the board connected' },
  ];
}

export function projectFiles(project: Project): FolderFile[] {
  return [
    { path: 'README.md', data: readme(project) },
    { path: 'RECORDINGS.md', data: recordings(project) },
    { path: 'train.json', data: `${JSON.stringify({ name: project.name, seed: 1 }, null, 2)}\n` },
    { path: '.gitignore', data: 'build/\n*.background\n*.checkpoint\n' },
  ];
}

function readme(project: Project): string {
  const { name, words: all, board, microphone, language } = project;
  const commands = commandsOf(project);
  const most = Math.max(...commands.map(({ command }) => command.length));
  return `${[
    `# ${name}`,
    '',
    `A keyword spotter for the ${board.title}: ${all.map((word) => `"${word}"`).join(', ')} (${languageName(language)}).`,
    '',
    '```text',
    ...commands.map(({ command, does }) => `${command.padEnd(most)}   ${does}`),
    '```',
    '',
    `Its microphone, ${microphone.name}: ${microphone.where}.`,
    '',
    '- RECORDINGS.md: what to record, with a line for each word.',
    '- train.json: the configuration of the training. What it does not name is the default recipe.',
    '- words/: recordings, a folder for each word, and words/other for everything that is not one.',
    '- model/: what `egru train` writes.',
    '',
    '`egru doctor` lists what this computer lacks. `egru eval model FOLDER --stream` measures misses and false alarms on',
    'recordings that did not train.',
  ].join('\n')}\n`;
}

function recordings({ words: all, language }: Project): string {
  const people = `${PEOPLE} people, ${EACH} times each`;
  const table = markdownTable({
    columns: [textColumn('what'), textColumn('folder'), countColumn('recordings'), textColumn('by')],
    rows: [
      ...all.map((word) => [`"${word}"`, `words/${labelOf(word)}`, PEOPLE * EACH, people]),
      ['none of these words', `words/${BACKGROUND}`, '-', `${BACKGROUND_MINUTES} minutes or more`],
    ],
  });
  return `${[
    '# What to record',
    '',
    ...table,
    '',
    'Each person speaks each word in their own way: near and far, loudly and softly, in more than one room. Through this',
    "computer's microphone:",
    '',
    '```text',
    ...all.map((word) => `egru record --pc -o words --label ${shellWord(labelOf(word))} --count ${EACH}`),
    `egru record --pc -o words --label ${BACKGROUND} --seconds 600 --count ${BACKGROUND_MINUTES / 10}`,
    '```',
    '',
    'Without `--pc` it is the microphone of the board, once firmware is on it. Into words/other belongs sound that holds',
    'none of the words: radio, talk at the table, music, the empty room. A network that knows only words fires at',
    'everything else. Half an hour is a beginning, five hours are better.',
    '',
    ...(isEnglish(language) ? spoken(all) : foreign(language)),
    '',
    '`egru data stats words` shows what is there, and what is wrong with it.',
  ].join('\n')}\n`;
}

function isEnglish(language: string): boolean {
  return /^en(-|$)/.test(language);
}

/** Texts that `egru data speak` can speak are English. */
function spoken(all: readonly string[]): string[] {
  return [
    'To see the whole way before anyone has spoken, voices of machines can stand in, into a folder of their own. Such a',
    'model misses most of the words that people speak:',
    '',
    '```text',
    `egru data speak ${all.map((word) => shellWord(word)).join(' ')} -o spoken`,
    '```',
  ];
}

function foreign(language: string): string[] {
  return [
    `The words are ${languageName(language)}: \`egru data speak\`, which makes recordings by speech synthesis, has English`,
    'voices alone and is of no use here.',
  ];
}

// SPDX-License-Identifier: Apache-2.0

import { readdirSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { boards, microphoneNames } from '../../boards/boards.ts';
import { InputError, printable } from '../../core/base/errors.ts';
import { guard, writeFolder } from '../../host/files/files.ts';
import { textColumn } from '../../report/table/table.ts';
import { jsonOption, newCommand } from '../shared/command.ts';
import { print, printJson, shellWord } from '../shared/output.ts';
import { tableLines } from '../terminal/table.ts';
import { commandsOf, type Project, projectFiles } from './project.ts';
import { answersByFlags, ask, type Given } from './questions.ts';

interface NewOptions extends Given {
  readonly json?: boolean;
}

/** Exit code of what was left with Ctrl-C. */
const EXIT_LEFT = 130;

export function newProjectCommand(): Command {
  return newCommand('new', 'Make a project folder: what to record, how to train, and what to type.', [
    { command: 'egru new lamp', does: 'asks for words, language, board and microphone' },
    {
      command: 'egru new lamp --words "hey lamp, lamp off" --board feather_m0',
      does: 'asks only for the rest, and nothing where there is no terminal',
    },
  ])
    .argument('<folder>', 'folder to write; its name is the name of the model')
    .option('--words <list>', 'what is to be detected, separated by commas')
    .option('--board <name>', Object.keys(boards).join(', '))
    .option('--mic <name>', `${microphoneNames.join(', ')} (default: the first that the board supports)`)
    .option('--language <tag>', 'of the words: en, de, pt-BR, ... (default: en)')
    .addOption(jsonOption())
    .action(run);
}

async function run(folder: string, options: NewOptions): Promise<void> {
  checkEmpty(folder);
  const name = basename(resolve(folder));
  const isTalking = process.stdin.isTTY === true && process.stdout.isTTY === true && options.json !== true;
  const answers = isTalking ? await ask(`egru new ${printable(folder)}`, options) : answersByFlags(options);
  if (answers === null) {
    process.exitCode = EXIT_LEFT;
    return;
  }
  const project: Project = { name, ...answers };
  const files = writeFolder(folder, projectFiles(project));
  const commands = commandsOf(project);
  if (options.json) return printJson({ folder, files, commands: commands.map(({ command }) => command) });
  print(
    ...files.map(printable),
    '',
    `next, in ${shellWord(folder)}:`,
    ...tableLines(
      {
        columns: [textColumn(''), textColumn('')],
        rows: commands.map(({ command, does }) => [`  ${command}`, does]),
      },
      { bare: true },
    ),
  );
}

/** @throws InputError where something is there already */
function checkEmpty(folder: string): void {
  if (folder.trim() === '') throw new InputError('new', 'the name of the folder is empty');
  const stat = guard(folder, () => statSync(folder, { throwIfNoEntry: false }));
  if (stat === undefined) return;
  if (!stat.isDirectory()) throw new InputError(folder, 'a file is in the way');
  if (guard(folder, () => readdirSync(folder)).length > 0)
    throw new InputError(folder, 'exists already and is not empty; give another name');
}

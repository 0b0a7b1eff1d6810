// SPDX-License-Identifier: Apache-2.0
/** What can follow in a line that is being typed, by the commands' own options and arguments. */
import type { Command, Option } from 'commander';
import { boards, microphoneNames } from '../../boards/boards.ts';
import { kernelNames } from '../../codegen/kernels/index.ts';
import { realSystem } from '../../machines/flash/system.ts';
import { usbPorts } from '../../machines/port/usb-ports.ts';

export interface Candidate {
  readonly name: string;
  readonly does: string;
}

export interface Candidates {
  readonly names: readonly Candidate[];
  /** Whether the word may also be a path. */
  readonly files: 'files' | 'folders' | null;
}

/** Values of options that commander takes as any text: the same in all commands. */
const VALUES: ReadonlyMap<string, () => readonly string[]> = new Map<string, () => readonly string[]>([
  ['--board', () => Object.keys(boards)],
  ['--mic', () => microphoneNames],
  ['--kernel', () => [...kernelNames, 'auto']],
  ['--port', () => usbPorts(realSystem().root).map(({ path }) => path)],
]);

/** Names of values that are paths, in the commands' usage lines. */
const FOLDERS = new Set(['folder', 'folders']);
const FILES = new Set(['model', 'models', 'audio', 'file', 'files', 'image', 'weights', 'dataset', 'path']);

const NOTHING: Candidates = { names: [], files: null };

/**
 * @param program the tree, with at least the command that the words name
 * @param words after the program's name; the last one is completed and may be empty. A shell may give "--board=x" as
 * one word, or as three: "--board", "=", "x".
 */
export function candidates(program: Command, words: readonly string[]): Candidates {
  const [typed = '', ...before] = words.filter((word) => word !== '=').reverse();
  const last = words.at(-1) === '=' ? '' : typed;
  const earlier = (words.at(-1) === '=' ? [typed, ...before] : before).reverse();
  let command = program;
  let position = 0;
  let pending: Option | null = null;
  let onlyArguments = false;
  for (const word of earlier) {
    const option: Option | null =
      pending === null && !onlyArguments ? optionOf(command, word.replace(/=.*/s, '')) : null;
    if (pending !== null) pending = pending.variadic ? pending : null;
    else if (word === '--') onlyArguments = true;
    else if (option !== null) pending = takesValue(option) && !word.includes('=') ? option : null;
    else if (!onlyArguments && word.startsWith('-')) continue;
    else {
      const sub = position === 0 ? subcommands(command).find((one) => one.name() === word) : undefined;
      if (sub === undefined) position++;
      else command = sub;
    }
  }
  if (pending !== null && !(pending.variadic && last.startsWith('-'))) return valuesOf(pending, last);
  if (!onlyArguments && last.startsWith('-')) return optionCandidates(command, last);
  if (command.commands.length > 0 && position === 0) return commandsOf(command, last);
  return argumentCandidates(command, position, last, program);
}

function optionCandidates(command: Command, last: string): Candidates {
  const [, name = '', value] = /^(--[^=]+)=(.*)$/s.exec(last) ?? [];
  if (value !== undefined) {
    const option = optionOf(command, name);
    if (option === null) return NOTHING;
    const { names, files } = valuesOf(option, value);
    return { names: names.map((one) => ({ ...one, name: `${name}=${one.name}` })), files };
  }
  const names = command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ name: long ?? short ?? '', does: firstLine(description) }));
  return { names: startingWith(names, last), files: null };
}

function commandsOf(command: Command, last: string): Candidates {
  const names = subcommands(command).map((sub) => ({ name: sub.name(), does: firstLine(sub.description()) }));
  return { names: startingWith(names, last), files: null };
}

/** With "help", which commander makes only when it is called. */
function subcommands(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}

function argumentCandidates(command: Command, position: number, last: string, program: Command): Candidates {
  if (command.name() === 'help') return position === 0 ? commandsOf(program, last) : NOTHING;
  const { registeredArguments: all } = command;
  const argument = all[position] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  if (argument === undefined) return NOTHING;
  return listed(argument.argChoices, argument.name(), last);
}

function valuesOf(option: Option, last: string): Candidates {
  const name = /[<[]([\w-]+)/.exec(option.flags)?.[1] ?? '';
  return listed(option.argChoices ?? VALUES.get(option.long ?? '')?.(), name, last);
}

function listed(choices: readonly string[] | undefined, name: string, last: string): Candidates {
  const names = (choices ?? []).map((choice) => ({ name: choice, does: '' }));
  const files = FOLDERS.has(name) ? 'folders' : FILES.has(name) ? 'files' : null;
  return { names: startingWith(names, last), files };
}

function startingWith(names: readonly Candidate[], start: string): Candidate[] {
  return names.filter(({ name }) => name.startsWith(start));
}

function optionOf(command: Command, word: string): Option | null {
  return command.options.find(({ long, short }) => word !== '' && (word === long || word === short)) ?? null;
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function firstLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

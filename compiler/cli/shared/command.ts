// SPDX-License-Identifier: Apache-2.0
/** What all commands share: how they are made, and options that several of them have. */

import { Command, Help, InvalidArgumentError, Option } from 'commander';
import { kernelNamed, kernelNames } from '../../codegen/kernels/index.ts';

/** Exit code where what was compared differs: integers of two machines, or the flash of a board and its image. */
export const EXIT_DIFFERENCE = 1;

export interface Example {
  readonly command: string;
  readonly does: string;
}

const SHARED = ['--strict', '--json', '--debug', '--no-color', '--help'];

/** A command that throws instead of ending the process, and whose help ends in examples. */
export function newCommand(name: string, description: string, examples: readonly Example[]): Command {
  const lines = examples.map(({ command, does }) => `  $ ${command}\n      ${does}`);
  return configure(new Command(name))
    .description(description)
    .option('--debug', 'show the stack of an error')
    .option('--no-color', 'no colour, no line that is redrawn')
    .addHelpText('after', examples.length === 0 ? '' : `\nExamples:\n${lines.join('\n')}`);
}

/** Errors are thrown, and printed by main.ts alone. */
export function configure(command: Command): Command {
  return command
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError(true)
    .configureHelp({
      subcommandTerm: (sub) => sub.name(), // leaves room for what they do, at 80 columns
      visibleOptions(of) {
        // What every command has comes behind what is its own.
        const options = Help.prototype.visibleOptions.call(this, of);
        const isShared = ({ long }: Option) => SHARED.includes(long ?? '');
        return [...options.filter((option) => !isShared(option)), ...options.filter(isShared)];
      },
      optionDescription(option) {
        const text = Help.prototype.optionDescription.call(this, option);
        return option.mandatory ? `${text} (required)` : text;
      },
    })
    .configureOutput({ writeErr: () => {}, outputError: () => {} });
}

export const jsonOption = () => new Option('--json', 'print one JSON document and nothing else');

export const strictOption = () =>
  new Option('--strict', 'an error where a recording is not read without an assumption');

export const limitOption = () =>
  new Option('--limit <n>', 'use n files, spread evenly over all').argParser(positiveInteger);

export const filterOption = () =>
  new Option('--filter <glob>', 'only files whose name (or last folders and name) match');

export const fileColumnOption = () =>
  new Option('--file-column <name>', 'column of a table that names the recordings, or its number');

export const labelColumnOption = () =>
  new Option('--label-column <name>', 'column of a table that holds the labels, or its number');

export const patternOption = () =>
  new Option('--pattern <pattern>', 'how file names contain the label, e.g. {label}_{speaker}_{index}.wav');

export const machineOption = () =>
  new Option('--on <target>', 'reference: TypeScript; host: C on this computer; chip: emulated ATSAMD21')
    .choices(['reference', 'host', 'chip'])
    .default('reference');

/** auto: the fastest that fits; all, where a command takes several: every one that fits. */
export const kernelOption = (preset: 'auto' | 'all' = 'auto') =>
  new Option(
    '--kernel <name>',
    `implementation of the network step on host and chip: ${[...kernelNames, 'mixed:BYTES', 'auto'].join(', ')}${preset === 'all' ? ', all' : ''}`,
  )
    .argParser((text) => kernelChoice(text, preset === 'all' ? ['auto', 'all'] : ['auto']))
    .default(preset);

function kernelChoice(text: string, others: readonly string[]): string {
  if (kernelNamed(text) !== null || others.includes(text)) return text;
  throw new InvalidArgumentError(
    `Allowed choices are ${[...kernelNames, 'mixed:BYTES', ...others].join(', ')}.`,
  );
}

export const forceOption = () =>
  new Option('--force', 'also where the board cannot keep up with its microphone');

export const portOption = () =>
  new Option('--port <port>', 'serial port of the board (default: that of the only connected board)');

export const streamOption = () =>
  new Option('--stream', 'detect keywords in long recordings instead of classifying clips');

export function positiveInteger(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw new InvalidArgumentError('It must be a whole number of at least 1.');
  return value;
}

export function positiveNumber(text: string): number {
  const value = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

export function decibelsWithin(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d{1,3}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It must be a number from ${low} to ${high}.`);
  };
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of at least 0.');
  return Number(text);
}

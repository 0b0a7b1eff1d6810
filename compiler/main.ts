// SPDX-License-Identifier: Apache-2.0
/** The executable: finds the command, and turns whatever it throws into one line and an exit code. */
import { Command, CommanderError } from 'commander';
import { InputError, printable } from './base/errors.ts';
import { buildCommand } from './cli/build.ts';
import { configure } from './cli/command.ts';
import { compileCommand } from './cli/compile.ts';
import { evalCommand } from './cli/eval.ts';
import { featuresCommand } from './cli/features.ts';
import { inspectCommand } from './cli/inspect.ts';
import { runCommand } from './cli/run.ts';
import { verifyCommand } from './cli/verify.ts';
import { compilerVersion } from './emit/version.ts';

const EXIT_BAD_INPUT = 2;
/** Messages of defects may hold the output of other programs. */
const MESSAGE_LENGTH = 200;

function egru(): Command {
  const program = configure(new Command('egru'))
    .description(
      'Compiles trained eGRU keyword spotters to integer-only C and proves that every machine agrees.',
    )
    .version(compilerVersion, '--version', 'print the version')
    .helpCommand('help [command]', 'what a command does and takes')
    .addHelpText('after', '\n"egru help COMMAND" shows its options and examples.');
  const commands = [
    compileCommand(),
    runCommand(),
    verifyCommand(),
    evalCommand(),
    featuresCommand(),
    inspectCommand(),
    buildCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  return program;
}

/** "run: unknown option '--foo' (Did you mean --json?)" */
function usage(error: CommanderError, command: string | undefined, args: readonly string[]): string {
  if (error.code === 'commander.help') {
    const problem = args.length === 0 ? 'no command given' : `there is no command ${args.slice(1).join(' ')}`;
    return `${problem} (see: egru --help)`;
  }
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const see = command === undefined ? 'egru --help' : `egru ${command} --help`;
  return `${command === undefined ? '' : `${command}: `}${message} (see: ${see})`;
}

function report(error: unknown, program: Command, args: readonly string[]): void {
  const command = program.commands.find((candidate) => candidate.name() === args[0])?.name();
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return; // help or version were asked for
    process.stderr.write(`egru: ${printable(usage(error, command, args))}\n`);
  } else if (error instanceof InputError) {
    process.stderr.write(`egru: ${error.message}\n`);
  } else {
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    const shown = printable(message).slice(0, MESSAGE_LENGTH);
    process.stderr.write(`egru: internal error: ${shown} (a defect of egru; --debug shows where)\n`);
  }
  if (args.includes('--debug') && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = EXIT_BAD_INPUT;
}

// The reader of a pipe has seen enough: no reason to complain.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
// Ending by exit() removes temporary files; ending by the signal itself would not.
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

const args = process.argv.slice(2);
const program = egru();
try {
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  report(error, program, args);
}

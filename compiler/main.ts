// SPDX-License-Identifier: Apache-2.0
/** The executable: finds the command, and turns whatever it throws into one line and an exit code. */
import { Command, CommanderError } from 'commander';
import { configure } from './cli/shared/command.ts';
import { InputError, printable } from './core/base/errors.ts';
import { compilerVersion } from './host/files/assets.ts';

const EXIT_BAD_INPUT = 2;
/** Messages of defects may hold the output of other programs. */
const MESSAGE_LENGTH = 200;

/** A command is loaded when it is called: none has to wait for what only others need. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['compile', async () => (await import('./cli/commands/compile.ts')).compileCommand()],
  ['run', async () => (await import('./cli/commands/run.ts')).runCommand()],
  ['verify', async () => (await import('./cli/commands/verify.ts')).verifyCommand()],
  ['eval', async () => (await import('./cli/commands/eval.ts')).evalCommand()],
  ['features', async () => (await import('./cli/commands/features.ts')).featuresCommand()],
  ['inspect', async () => (await import('./cli/commands/inspect.ts')).inspectCommand()],
  ['build', async () => (await import('./cli/commands/build.ts')).buildCommand()],
  ['emulate', async () => (await import('./cli/commands/emulate.ts')).emulateCommand()],
  ['flash', async () => (await import('./cli/commands/flash.ts')).flashCommand()],
  ['listen', async () => (await import('./cli/commands/listen.ts')).listenCommand()],
  ['record', async () => (await import('./cli/commands/record.ts')).recordCommand()],
  ['bench', async () => (await import('./cli/commands/bench.ts')).benchCommand()],
  ['train', async () => (await import('./cli/commands/train.ts')).trainCommand()],
  ['data', async () => (await import('./cli/commands/data.ts')).dataCommand()],
  ['compare', async () => (await import('./cli/commands/compare.ts')).compareCommand()],
  ['demo', async () => (await import('./cli/commands/demo.ts')).demoCommand()],
]);

/** With the command that is called, or with all where none is: for help and suggestions. */
async function egru(called: string | undefined): Promise<Command> {
  const program = configure(new Command('egru'))
    .description(
      'Compiles trained eGRU keyword spotters to integer-only C and proves that every machine agrees.',
    )
    .version(compilerVersion, '--version', 'print the version')
    .helpCommand('help [command]', 'what a command does and takes')
    .addHelpText('after', '\n"egru help COMMAND" shows its options and examples.');
  const one = COMMANDS.get(called ?? '');
  for (const load of one === undefined ? COMMANDS.values() : [one]) program.addCommand(await load());
  return program;
}

/** "run: unknown option '--foo' (Did you mean --json?)" */
function usage(error: CommanderError, command: string | undefined, args: readonly string[]): string {
  const see = command === undefined ? 'egru --help' : `egru ${command} --help`;
  if (error.code === 'commander.help') {
    if (command !== undefined) return `${command}: no command given (see: ${see})`;
    const problem = args.length === 0 ? 'no command given' : `there is no command ${args.slice(1).join(' ')}`;
    return `${problem} (see: egru --help)`;
  }
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  return `${command === undefined ? '' : `${command}: `}${message} (see: ${see})`;
}

/** "run", "data stats": as far as the arguments name commands. */
function called(program: Command | null, [first = '', second = '']: readonly string[]): string | undefined {
  if (!COMMANDS.has(first)) return undefined;
  const group = program?.commands.find((command) => command.name() === first)?.commands ?? [];
  return group.some((command) => command.name() === second) ? `${first} ${second}` : first;
}

function report(error: unknown, args: readonly string[]): void {
  const command = called(program, args);
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
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(
    `egru: standard output: cannot be written (${printable(error.code ?? error.message)})\n`,
  );
  process.exit(EXIT_BAD_INPUT);
});
// Ending by exit() removes temporary files; ending by the signal itself would not.
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

const args = process.argv.slice(2);
let program: Command | null = null;
try {
  program = await egru(args[0]);
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  report(error, args);
}

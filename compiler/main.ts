// SPDX-License-Identifier: Apache-2.0
/** The executable: finds the command, and turns whatever it throws into one line and an exit code. */
import { Command, CommanderError } from 'commander';
import { configure } from './cli/shared/command.ts';
import { InputError, printable } from './core/base/errors.ts';
import { nearest } from './core/base/nearest.ts';
import { compilerVersion } from './host/files/assets.ts';
import { noteLines, setStrict, takeNotes } from './host/notes/notes.ts';

const EXIT_BAD_INPUT = 2;
/** Longer words are no misspelt ones. */
const MAX_MISSPELT = 40;
/** Messages of defects may hold the output of other programs. */
const MESSAGE_LENGTH = 200;

interface Entry {
  /** The command's own description, for the list of commands: a test compares both. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** A command is loaded when it is called: none has to wait for what only others need. */
const COMMANDS: ReadonlyMap<string, Entry> = new Map([
  [
    'new',
    {
      summary: 'Make a project folder: what to record, how to train, and what to type.',
      load: async () => (await import('./cli/start/new.ts')).newProjectCommand(),
    },
  ],
  [
    'doctor',
    {
      summary: 'List what is installed, what is missing, and the boards that are connected.',
      load: async () => (await import('./cli/start/doctor.ts')).doctorCommand(),
    },
  ],
  [
    'selftest',
    {
      summary: 'Test a board: clock, cycles, integers, flash, microphone.',
      load: async () => (await import('./cli/start/selftest.ts')).selfTestCommand(),
    },
  ],
  [
    'compile',
    {
      summary: 'Write the quantized program, its C code and everything needed to build it.',
      load: async () => (await import('./cli/commands/compile.ts')).compileCommand(),
    },
  ],
  [
    'export',
    {
      summary: 'Write models as a library for Arduino, PlatformIO, CMake, Zephyr or plain C.',
      load: async () => (await import('./cli/commands/export.ts')).exportCommand(),
    },
  ],
  [
    'run',
    {
      summary: 'Classify WAV files, or all WAV files of folders.',
      load: async () => (await import('./cli/commands/run.ts')).runCommand(),
    },
  ],
  [
    'verify',
    {
      summary: 'Run the same clips on every target and compare all integers of all layers.',
      load: async () => (await import('./cli/commands/verify.ts')).verifyCommand(),
    },
  ],
  [
    'eval',
    {
      summary: 'Measure accuracy, confusion matrix and recall of a model.',
      load: async () => (await import('./cli/commands/eval.ts')).evalCommand(),
    },
  ],
  [
    'tune',
    {
      summary: 'Choose thresholds from false alarms per hour or from missed keywords.',
      load: async () => (await import('./cli/commands/tune.ts')).tuneCommand(),
    },
  ],
  [
    'features',
    {
      summary: 'Write the integer features that the chip computes, for training.',
      load: async () => (await import('./cli/commands/features.ts')).featuresCommand(),
    },
  ],
  [
    'init',
    {
      summary: 'Make a model folder from the weights of another trainer.',
      load: async () => (await import('./cli/start/init.ts')).initCommand(),
    },
  ],
  [
    'inspect',
    {
      summary: 'Show what is in a model, a program.json, a weights file or a firmware image.',
      load: async () => (await import('./cli/commands/inspect.ts')).inspectCommand(),
    },
  ],
  [
    'build',
    {
      summary: 'Build the firmware of a board: ELF, BIN, UF2, map and the model alone.',
      load: async () => (await import('./cli/commands/build.ts')).buildCommand(),
    },
  ],
  [
    'emulate',
    {
      summary: 'Run firmware on an emulated board, with its serial output live.',
      load: async () => (await import('./cli/commands/emulate.ts')).emulateCommand(),
    },
  ],
  [
    'flash',
    {
      summary: 'Write firmware to a board, and read it back.',
      load: async () => (await import('./cli/commands/flash.ts')).flashCommand(),
    },
  ],
  [
    'listen',
    {
      summary: 'Show the keywords that a board detects, as they are detected.',
      load: async () => (await import('./cli/commands/listen.ts')).listenCommand(),
    },
  ],
  [
    'adapt',
    {
      summary: 'Teach a board its speaker from a few examples of a word.',
      load: async () => (await import('./cli/commands/adapt.ts')).adaptCommand(),
    },
  ],
  [
    'record',
    {
      summary: "Record a label's examples through a board's own microphone.",
      load: async () => (await import('./cli/commands/record.ts')).recordCommand(),
    },
  ],
  [
    'play',
    {
      summary: 'Serve a page that runs a model on your microphone, in your browser.',
      load: async () => (await import('./cli/commands/play.ts')).playCommand(),
    },
  ],
  [
    'bench',
    {
      summary: 'Measure cycles, flash, RAM and stack on the emulated chip.',
      load: async () => (await import('./cli/commands/bench.ts')).benchCommand(),
    },
  ],
  [
    'train',
    {
      summary: 'Train a keyword spotter from recordings, on the features that the chip computes.',
      load: async () => (await import('./cli/commands/train.ts')).trainCommand(),
    },
  ],
  [
    'data',
    {
      summary: 'Inspect, fetch, trim and synthesize recordings, and preview their augmentation.',
      load: async () => (await import('./cli/commands/data.ts')).dataCommand(),
    },
  ],
  [
    'slim',
    {
      summary: 'Remove units that never fire from a network of event-based cells.',
      load: async () => (await import('./cli/commands/slim.ts')).slimCommand(),
    },
  ],
  [
    'compare',
    {
      summary: 'Compare models on the same recordings: accuracy, cycles and flash.',
      load: async () => (await import('./cli/commands/compare.ts')).compareCommand(),
    },
  ],
  [
    'report',
    {
      summary: 'Write a page about a model: curves, confusion, layers, costs, recordings.',
      load: async () => (await import('./cli/report/report.ts')).reportCommand(),
    },
  ],
  [
    'demo',
    {
      summary: 'Run the bundled model on the bundled sounds, on every target, and build a UF2.',
      load: async () => (await import('./cli/start/demo.ts')).demoCommand(),
    },
  ],
  [
    'completion',
    {
      summary: 'Print the script that completes egru in bash, zsh or fish.',
      load: async () => (await import('./cli/start/completion.ts')).completionCommand(([name]) => egru(name)),
    },
  ],
]);

/** With the command that is called, or with names and summaries of all where none is: for help and suggestions. */
async function egru(called: string | undefined): Promise<Command> {
  const program = configure(new Command('egru'))
    .description(
      'Compiles trained eGRU keyword spotters to integer-only C and proves that every target agrees.',
    )
    .version(compilerVersion, '--version', 'print the version')
    .hook('preAction', (_, command) => {
      const { strict, color } = command.opts<{ strict?: boolean; color?: boolean }>();
      setStrict(strict === true);
      // One switch for everything that writes to a terminal, worker threads included.
      if (color === false) process.env.NO_COLOR = '1';
    })
    .helpCommand('help [command]', 'what a command does, with its options')
    .addHelpText('after', '\n"egru help COMMAND" shows its options and examples.');
  const one = COMMANDS.get(called ?? '');
  if (one !== undefined) return program.addCommand(await one.load());
  for (const [name, { summary }] of COMMANDS) program.addCommand(new Command(name).description(summary));
  return program;
}

/** "run: unknown option '--foo' (Did you mean --json?)" */
function usage(error: CommanderError, command: string | undefined, args: readonly string[]): string {
  const see = command === undefined ? 'egru --help' : `egru ${command} --help`;
  if (error.code === 'commander.help') {
    if (command !== undefined) return `${command}: no command given (see: ${see})`;
    const [, name = ''] = args;
    const close = name.length > MAX_MISSPELT ? null : nearest(name, COMMANDS.keys());
    const unknown = `unknown command '${args.slice(1).join(' ')}'`;
    const problem =
      args.length === 0
        ? 'no command given'
        : close === null
          ? unknown
          : `${unknown} (Did you mean ${close}?)`;
    return `${problem} (see: egru --help)`;
  }
  const misspelt =
    error.code === 'commander.missingMandatoryOptionValue' ? unknownOption(command, args) : null;
  const message = misspelt ?? error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  return `${command === undefined ? '' : `${command}: `}${message} (see: ${see})`;
}

/** A required option that is missing may be one that is misspelt: commander looks for missing ones first. */
function unknownOption(command: string | undefined, args: readonly string[]): string | null {
  const path = (command ?? '').split(' ');
  let known: Command | undefined = program ?? undefined;
  for (const name of path) known = known?.commands.find((sub) => sub.name() === name);
  const names = known?.options.flatMap(({ long }) => (long == null ? [] : [long])) ?? [];
  const written = args.map((text) => text.replace(/=.*/s, '')).filter((text) => /^--[a-z]/i.test(text));
  const unknown = written.find((name) => !names.includes(name) && name !== '--help');
  if (unknown === undefined || unknown.length > MAX_MISSPELT) return null;
  return `unknown option '${unknown}' (Did you mean ${nearest(unknown, names)}?)`;
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
  program = await egru(args[0] === 'help' ? args[1] : args[0]);
  await program.parseAsync(args, { from: 'user' });
} catch (error) {
  report(error, args);
} finally {
  for (const line of noteLines(takeNotes())) process.stderr.write(`egru: ${line}\n`);
}

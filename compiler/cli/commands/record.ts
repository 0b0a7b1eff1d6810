// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { MICROPHONE_RATE } from '../../boards/microphone-rate.ts';
import { wavBytes } from '../../core/audio/wav/wav-bytes.ts';
import { InputError, printable } from '../../core/base/errors.ts';
import { guard, makeFolder, writeWhole } from '../../host/files/files.ts';
import { identify, listenAgain } from '../../machines/device/identity.ts';
import type { Link } from '../../machines/device/link.ts';
import { take } from '../../machines/device/recording.ts';
import { checkLabel } from '../../training/data/labels.ts';
import { deviceOption, PcMicrophone, type PcOptions, recorderOption } from '../pc/microphone.ts';
import { PC_RATE } from '../pc/recorders.ts';
import { takePc } from '../pc/take-pc.ts';
import { withBoard } from '../shared/board-link.ts';
import { jsonOption, newCommand, portOption, positiveInteger, positiveNumber } from '../shared/command.ts';
import { interruptible } from '../shared/interrupt.ts';
import { count, print, printJson } from '../shared/output.ts';

interface RecordOptions extends PcOptions {
  readonly pc?: boolean;
  readonly port?: string;
  readonly output: string;
  readonly label: string;
  readonly count: number;
  readonly seconds: number;
  readonly json?: boolean;
}

/** Seconds before the first recording, while filters settle, and between recordings. */
const BEFORE = 0.5;
const BETWEEN = 1;
/** Of a board's sound. */
const BLOCK_SECONDS = 0.004;
const FULL_SCALE = 32768;

export function recordCommand(): Command {
  return newCommand('record', "Record a label's examples through a board's own microphone.", [
    {
      command: 'egru record -o my-data --label seven --count 20',
      does: 'twenty recordings into my-data/seven, a second apart',
    },
    {
      command: 'egru record --port /dev/ttyACM0 -o my-data --label background --seconds 60',
      does: 'a minute of the room',
    },
    {
      command: 'egru record --pc -o my-data --label seven --count 20',
      does: "the same through this computer's own microphone",
    },
  ])
    .requiredOption('-o, --output <folder>', 'dataset to add to; created if need be')
    .requiredOption('--label <label>', 'the word to be spoken: a folder in the dataset')
    .addOption(portOption())
    .option('--pc', "no board: this computer's own microphone")
    .addOption(deviceOption())
    .addOption(recorderOption())
    .option('--count <n>', 'number of recordings', positiveInteger, 1)
    .option('--seconds <n>', 'length of each recording', positiveNumber, 2)
    .addOption(jsonOption())
    .action(run);
}

async function run(options: RecordOptions): Promise<void> {
  const { output, json } = options;
  const label = checkLabel(options.label, '--label');
  const folder = join(output, label);
  const files: string[] = [];
  const record = async (source: Source): Promise<void> => {
    if (!json) print(begin(source.name, options));
    await recordAll(source, folder, label, options, (file) => files.push(file));
  };
  await (options.pc === true
    ? throughPc(options, folder, record)
    : throughBoard(options.port, folder, record));
  if (json) printJson({ files });
  else if (files.length > 0) print(`${count(files.length, 'recording')} in ${printable(folder)}`);
  else print('no recordings');
}

/** Where recordings come from. */
interface Source {
  /** For a person. */
  readonly name: string;
  /** Hz */
  readonly sampleRate: number;
  /** @param seconds its length; @param skip seconds that are left out before; @returns null: it was interrupted */
  take(seconds: number, skip: number, onBegin: () => void): Promise<Int16Array | null>;
}

async function throughBoard(
  port: string | undefined,
  folder: string,
  record: (source: Source) => Promise<void>,
): Promise<void> {
  await withBoard(port, async (link, { board, microphone }) => {
    checkFolder(folder);
    await interruptible(async (interruption) => {
      const { signal } = interruption;
      try {
        await link.ask('record on');
        await record({
          name: `${printable(board)}, ${printable(microphone)} microphone`,
          sampleRate: MICROPHONE_RATE,
          take: (seconds, skip, onBegin) => {
            const length = Math.round(seconds * MICROPHONE_RATE);
            return take(link, { length, skip: Math.round(skip / BLOCK_SECONDS), onBegin, signal });
          },
        });
      } catch (error) {
        await end(link).catch(() => {}); // why it ended is worth more than why it cannot be put in order
        throw error;
      }
      await end(link);
      if (interruption.code !== 0) process.exitCode = interruption.code;
    });
  });
}

async function throughPc(
  options: PcOptions,
  folder: string,
  record: (source: Source) => Promise<void>,
): Promise<void> {
  checkFolder(folder);
  const microphone = new PcMicrophone(options);
  try {
    await interruptible(async (interruption) => {
      await record({
        name: `this computer's microphone, through ${microphone.recorder}`,
        sampleRate: PC_RATE,
        take: (seconds, skip, onBegin) => takePc(microphone, seconds, skip, onBegin, interruption.signal),
      });
      if (interruption.code !== 0) process.exitCode = interruption.code;
    });
  } finally {
    microphone.close();
  }
}

function begin(source: string, { count: recordings, seconds }: RecordOptions): string {
  return `${source}: ${count(recordings, 'recording')} of ${seconds} s`;
}

/** @param onFile called with every recording that is kept, which stays whatever follows */
async function recordAll(
  source: Source,
  folder: string,
  label: string,
  { count: recordings, seconds, json }: RecordOptions,
  onFile: (file: string) => void,
): Promise<void> {
  for (let i = 1; i <= recordings; i++) {
    const samples = await source.take(seconds, i === 1 ? BEFORE : BETWEEN, () => {
      if (!json) print(`${i} of ${recordings}: now, "${printable(label)}"`);
    });
    if (samples === null) return;
    makeFolder(folder);
    const file = nextFile(folder, label);
    writeWhole(file, wavBytes(samples, source.sampleRate));
    onFile(file);
    if (!json) print(`  ${printable(file)}, ${loudness(samples)}`);
  }
}

/** The microphone continues with what it does after a reset; a board without a model stays silent. */
async function end(link: Link): Promise<void> {
  await link.ask('record off');
  await listenAgain(link, (await identify(link)).model);
}

/** Checked before a long recording: it must be possible to keep it. Without a recording no folder is made. */
function checkFolder(folder: string): void {
  let there = resolve(folder);
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  guard(folder, () => {
    if (!statSync(there).isDirectory()) throw new InputError(folder, 'a file is in the way', there);
    accessSync(there, constants.W_OK | constants.X_OK);
  });
}

/** "seven_0007.wav", behind those that are there. */
function nextFile(folder: string, label: string): string {
  const numbers = guard(folder, () => readdirSync(folder))
    .filter((name) => name.startsWith(`${label}_`))
    .map((name) => Number(/^_(\d{1,9})\.wav$/.exec(name.slice(label.length))?.[1] ?? 0));
  let number = Math.max(0, ...numbers);
  let path: string;
  do {
    number++;
    path = join(folder, `${label}_${String(number).padStart(4, '0')}.wav`);
  } while (existsSync(path));
  return path;
}

/** Of a recording: what it is good for, in words. */
function loudness(samples: Int16Array): string {
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (peak === 0) return 'silent: is the microphone connected?';
  const level = `peak ${(20 * Math.log10(peak / FULL_SCALE)).toFixed(1)} dB`;
  return peak >= FULL_SCALE - 1 ? `${level}, clipped` : level;
}

// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';
import { boards } from '../../boards/boards.ts';
import { InputError, printable } from '../../core/base/errors.ts';
import { ChipFault } from '../../emulator/samd21/samd21.ts';
import { readSound } from '../../host/audio/sound-file.ts';
import { live } from '../../machines/device/live.ts';
import { openPseudoTerminal } from '../../machines/device/pseudo-terminal.ts';
import { EmulatedDevice } from '../../machines/emulated/emulated-device.ts';
import { imageDigest } from '../../machines/image/image-digest.ts';
import { findModels } from '../../machines/image/model-record.ts';
import { type KeywordEvent, SerialLog } from '../../machines/protocol/serial-log.ts';
import { percent } from '../../report/table/table.ts';
import { jsonOption, newCommand, positiveNumber, strictOption } from '../shared/command.ts';
import { type BoardImage, openBoardImage } from '../shared/firmware-input.ts';
import { interruptible } from '../shared/interrupt.ts';
import { count, print, printJson } from '../shared/output.ts';

interface EmulateOptions {
  readonly board?: string;
  readonly mic?: string;
  readonly seconds?: number;
  readonly usb?: boolean;
  readonly pty?: boolean;
  readonly json?: boolean;
}

/** Behind the sound: the last keyword needs its window. */
const AFTER_SOUND = 1;

export function emulateCommand(): Command {
  return newCommand('emulate', 'Run firmware on an emulated board, with its serial output live.', [
    {
      command: 'egru emulate build/zero/firmware.elf --mic words.wav',
      does: 'the keywords it detects, as fast as it can be emulated',
    },
    {
      command: 'egru emulate models/spoken-digits --pty',
      does: 'builds it; "egru listen" and other programs open the port that it names',
    },
  ])
    .argument('<image>', 'ELF, BIN or UF2 file, or a model to build')
    .option('--board <name>', `${Object.keys(boards).join(', ')} (default: the one named in the image)`)
    .option('--mic <file>', 'WAV file played to its microphone from the start')
    .option(
      '--seconds <n>',
      'how long (default: as long as the sound; without sound, or with --pty, until Ctrl-C)',
      positiveNumber,
    )
    .option('--usb', 'talk over USB, with a host that enumerates it, instead of the UART')
    .option('--pty', 'offer the port as a pseudo-terminal, in real time')
    .addOption(strictOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(path: string, options: EmulateOptions): Promise<void> {
  const opened = await openBoardImage(path, options.board);
  const sound = options.mic === undefined ? null : await readSound(options.mic);
  const device = new EmulatedDevice({
    chip: opened.board.chip,
    image: opened.image.bytes,
    microphone: opened.microphone,
    usb: options.usb === true,
  });
  if (sound !== null) device.play(sound);
  // The program that opens the terminal ends it.
  const length =
    sound === null || options.pty
      ? Number.POSITIVE_INFINITY
      : sound.samples.length / sound.sampleRate + AFTER_SOUND;
  const seconds = options.seconds ?? length;
  const begin = performance.now();
  const events = await interruptible(async ({ signal }) => {
    const run = (paced: boolean, lost?: AbortSignal) =>
      live(device, {
        seconds,
        paced,
        signal: AbortSignal.any(lost === undefined ? [signal] : [signal, lost]),
      });
    try {
      return options.pty
        ? await overTerminal(device, opened, options, run)
        : await overOutput(device, opened, options, run);
    } catch (error) {
      if (!(error instanceof ChipFault)) throw error;
      throw new InputError(path, `the chip stops: ${error.message}`, `${device.seconds.toFixed(3)} s`);
    }
  });
  const sha256 = imageDigest(opened.image.bytes);
  if (options.json) return printJson({ events, sha256 });
  const took = (performance.now() - begin) / 1000;
  const bound = device.loadBound;
  print(
    `${count(events.length, 'keyword')} in ${device.seconds.toFixed(1)} s, emulated in ${took.toFixed(1)} s`,
    `CPU awake for ${percent(device.load)} of the time, with a flash wait state at most ${percent(bound)}`,
    `sha256 ${sha256}`,
  );
}

/** What the board sends goes to standard output; what comes from standard input goes to the board. */
async function overOutput(
  device: EmulatedDevice,
  opened: BoardImage,
  { json, usb }: EmulateOptions,
  run: (paced: boolean) => Promise<void>,
): Promise<KeywordEvent[]> {
  const log = new SerialLog(labelsIn(opened), (line) => {
    if (!json) print(line);
  });
  const send = device.connect(usb ? 'usb' : 'uart', (bytes) => log.push(bytes));
  process.stdin.on('data', send);
  process.stdin.unref?.();
  try {
    await run(process.stdin.isTTY === true);
  } finally {
    process.stdin.off('data', send);
    process.stdin.pause();
  }
  return log.events;
}

async function overTerminal(
  device: EmulatedDevice,
  opened: BoardImage,
  { json, usb }: EmulateOptions,
  run: (paced: boolean, lost: AbortSignal) => Promise<void>,
): Promise<KeywordEvent[]> {
  const terminal = await openPseudoTerminal();
  const lost = new AbortController();
  terminal.onLost = () => lost.abort();
  const log = new SerialLog(labelsIn(opened), () => {});
  try {
    terminal.onBytes = device.connect(usb ? 'usb' : 'uart', (bytes) => {
      log.push(bytes);
      void terminal.write(bytes);
    });
    if (!json)
      print(`${opened.board.title}, ${opened.microphone.name} microphone, at ${printable(terminal.path)}`);
    await run(true, lost.signal);
    if (lost.signal.aborted)
      throw new InputError(terminal.path, 'the terminal was closed: its socat has ended');
  } finally {
    await terminal.close();
  }
  return log.events;
}

function labelsIn({ image }: BoardImage): readonly string[] {
  return findModels(image, image.name)[0]?.labels ?? [];
}

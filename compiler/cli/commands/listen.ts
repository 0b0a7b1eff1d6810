// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { InputError, printable } from '../../core/base/errors.ts';
import { labelsOf } from '../../machines/device/identity.ts';
import { type Link, unexpected } from '../../machines/device/link.ts';
import { parseEvent } from '../../machines/protocol/protocol.ts';
import { describe, type KeywordEvent, named } from '../../machines/protocol/serial-log.ts';
import { listenPc } from '../pc/listen-pc.ts';
import { deviceOption, type PcOptions, recorderOption } from '../pc/microphone.ts';
import { withBoard } from '../shared/board-link.ts';
import { jsonOption, newCommand, portOption, positiveNumber } from '../shared/command.ts';
import { interruptible } from '../shared/interrupt.ts';
import { count, print, printJson } from '../shared/output.ts';
import { waitWithBoard } from '../shared/wait.ts';

interface ListenOptions extends PcOptions {
  readonly pc?: string;
  readonly port?: string;
  readonly seconds?: number;
  readonly json?: boolean;
}

export function listenCommand(): Command {
  return newCommand('listen', 'Show the keywords that a board detects, as they are detected.', [
    { command: 'egru listen', does: 'the only board that is connected, until Ctrl-C' },
    { command: 'egru listen --port /dev/ttyACM0 --seconds 60 --json', does: 'a minute of it, as JSON' },
    { command: 'egru listen --pc models/wake-words', does: "a model on this computer's own microphone" },
  ])
    .addOption(portOption())
    .option('--pc <model>', "no board: this computer's microphone, and a model on the reference")
    .addOption(deviceOption())
    .addOption(recorderOption())
    .option('--seconds <n>', 'how long (default: until Ctrl-C)', positiveNumber)
    .addOption(jsonOption())
    .action(run);
}

async function run(options: ListenOptions): Promise<void> {
  const { port, pc, seconds = Number.POSITIVE_INFINITY, json } = options;
  if (pc !== undefined) return listenPc({ ...options, pc });
  await withBoard(port, async (link, { board, microphone, model, defect }) => {
    // A board without a model gives the reason in its answer to "listen on".
    const labels = model === null ? [] : await labelsOf(link, model.outputs);
    const events: KeywordEvent[] = [];
    let keywords = 0;
    const stop = new AbortController();
    link.onLine = (line) => {
      const event = parseEvent(line);
      if (event !== null && event.label >= labels.length) {
        const problem = `the board reports label ${event.label}, but its model has ${labels.length}`;
        stop.abort(new InputError(link.path, problem));
      }
      if (stop.signal.aborted) return;
      if (event !== null) keywords++;
      // Shown at once, or kept for the document at the end: days of it have room in no memory.
      if (json && event !== null) events.push(named(event, labels));
      if (!json) print(event === null ? printable(line) : describe(named(event, labels)));
    };
    await link.ask('listen on');
    if (!json && defect === null) {
      print(`${printable(model?.name ?? '')} on ${printable(board)}, ${printable(microphone)} microphone`);
    }
    await interruptible(({ signal }) => waitWithBoard(link, seconds, AbortSignal.any([signal, stop.signal])));
    stop.signal.throwIfAborted();
    const stats = await statistics(link);
    if (json) printJson({ events, ...stats });
    else
      print(
        `${count(keywords, 'keyword')}, ${count(stats.frames, 'frame')}, ${count(stats.overruns, 'overrun')}`,
      );
  });
}

/** Of the time since `listen on`. */
async function statistics(link: Link): Promise<{ frames: number; overruns: number; dropped: number }> {
  const answer = await link.ask('stats');
  const match = /^ok stats frames (\d{1,10}) overruns (\d{1,10}) dropped (\d{1,10}) /.exec(answer);
  if (match === null) throw unexpected(link, 'stats', answer);
  const [frames = 0, overruns = 0, dropped = 0] = match.slice(1).map(Number);
  return { frames, overruns, dropped };
}

// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { printable } from '../base/errors.ts';
import { identify, labelsOf } from '../board/identity.ts';
import type { Link } from '../board/link.ts';
import { openLink } from './board-link.ts';
import { jsonOption, newCommand, portOption, positiveNumber } from './command.ts';
import { interruptible } from './interrupt.ts';
import { count, print, printJson } from './output.ts';
import { describe, type Heard, parseEvent } from './serial-log.ts';
import { waitWithBoard } from './wait.ts';

interface ListenOptions {
  readonly port?: string;
  readonly seconds?: number;
  readonly json?: boolean;
}

export function listenCommand(): Command {
  return newCommand('listen', 'Show the keywords that a board hears, as it hears them.', [
    { command: 'egru listen', does: 'the only board that is connected, until Ctrl-C' },
    { command: 'egru listen --port /dev/ttyACM0 --seconds 60 --json', does: 'a minute of it, as JSON' },
  ])
    .addOption(portOption())
    .option('--seconds <n>', 'how long (default: until Ctrl-C)', positiveNumber)
    .addOption(jsonOption())
    .action(run);
}

async function run({ port, seconds = Number.POSITIVE_INFINITY, json }: ListenOptions): Promise<void> {
  const link = await openLink(port);
  try {
    await link.sync();
    const { board, microphone, model, defect } = await identify(link);
    // A board without a model says why, as the answer to "listen on".
    const labels = model === null ? [] : await labelsOf(link, model.outputs);
    const heard: Heard[] = [];
    link.onLine = (line) => {
      const event = parseEvent(line, labels);
      if (event !== null) heard.push(event);
      if (!json) print(event === null ? printable(line) : describe(event));
    };
    await link.ask('listen on');
    if (!json && defect === null) {
      print(`${printable(model?.name ?? '')} on ${printable(board)}, ${printable(microphone)} microphone`);
    }
    await interruptible(({ signal }) => waitWithBoard(link, seconds, signal));
    const stats = await statistics(link);
    if (json) printJson({ events: heard, ...stats });
    else
      print(
        `${count(heard.length, 'keyword')}, ${count(stats.frames, 'frame')}, ${count(stats.overruns, 'overrun')}`,
      );
  } finally {
    await link.close();
  }
}

/** Of the time since `listen on`. */
async function statistics(link: Link): Promise<{ frames: number; overruns: number; dropped: number }> {
  const answer = await link.ask('stats');
  const [, frames, overruns, dropped] =
    /^ok stats frames (\d+) overruns (\d+) dropped (\d+) /.exec(answer) ?? [];
  return { frames: Number(frames ?? 0), overruns: Number(overruns ?? 0), dropped: Number(dropped ?? 0) };
}

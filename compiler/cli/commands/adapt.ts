// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { InputError, printable } from '../../core/base/errors.ts';
import { nearest } from '../../core/base/nearest.ts';
import { programDigest } from '../../core/program/digest.ts';
import { firmwareProgram } from '../../core/quant/detect.ts';
import { readClips } from '../../machines/batch/clip-input.ts';
import { listenAgain } from '../../machines/device/identity.ts';
import { feedClip, type Learnt, learn } from '../../machines/device/learning.ts';
import { type Link, understood } from '../../machines/device/link.ts';
import { parseScores } from '../../machines/protocol/protocol.ts';
import { withBoard } from '../shared/board-link.ts';
import { jsonOption, newCommand, portOption } from '../shared/command.ts';
import { type ClipInput, openClips } from '../shared/input.ts';
import { count, print, printJson } from '../shared/output.ts';

interface AdaptOptions {
  readonly port?: string;
  readonly undo?: boolean;
  readonly forget?: boolean;
  readonly save?: boolean;
  readonly json?: boolean;
}

/** An example, and what the board took it for before. */
interface Taught {
  readonly file: string;
  readonly label: string;
  readonly before: string;
}

export function adaptCommand(): Command {
  return newCommand('adapt', 'Teach a board its speaker from a few examples of a word.', [
    {
      command: 'egru adapt models/digits seven mine/seven-*.wav --port /dev/ttyACM0',
      does: 'each file is an example; it is forgotten without power',
    },
    { command: 'egru adapt --undo', does: 'without the last example; --forget: without any' },
    { command: 'egru adapt --save', does: 'keep what the board has learnt in its flash' },
    { command: 'egru adapt', does: 'how much it has learnt' },
  ])
    .argument('[model]', 'the model on the board: folder or program.json')
    .argument('[label]', 'the word of the examples')
    .argument('[audio...]', 'WAV files and folders with a word each')
    .addOption(portOption())
    .option('--undo', 'take back the last example, or --forget; once')
    .option('--forget', 'take back all examples')
    .option('--save', 'then keep what is learnt in flash')
    .addOption(jsonOption())
    .action(run);
}

async function run(
  model: string | undefined,
  label: string | undefined,
  audio: readonly string[],
  options: AdaptOptions,
): Promise<void> {
  if (model !== undefined && (label === undefined || audio.length === 0))
    throw new InputError(label ?? model, 'give a model, one of its labels and its examples');
  if ([model !== undefined, options.undo, options.forget].filter((one) => one === true).length > 1)
    throw new InputError('--undo', 'examples, --undo and --forget exclude one another');
  const input = model === undefined ? null : openClips(model, audio, {});
  const index = input === null ? -1 : labelIndex(input, label ?? '');
  const clips = input === null ? [] : await readClips(input.program, input.files);
  await withBoard(options.port, async (link, identity) => {
    if (identity.model === null)
      throw new InputError(link.path, `the board has no model: ${identity.defect}`);
    const programs = input === null ? [] : [input.program, firmwareProgram(input.program)];
    if (input !== null && !programs.some((one) => programDigest(one) === identity.model?.program))
      throw new InputError(link.path, `the board holds another program than ${printable(model ?? '')}`);
    await link.ask('listen off');
    try {
      const taught = input === null ? [] : await teach(link, input, clips, index);
      if (options.undo) await learn(link, ' undo');
      if (options.forget) await learn(link, ' forget');
      const learnt = await learn(link, options.save ? ' save' : '');
      if (options.json) printJson({ taught, ...learnt });
      else show(taught, learnt);
    } finally {
      await listenAgain(link, identity.model);
    }
  });
}

/** @throws InputError where the model has no such label */
function labelIndex({ program: { labels } }: ClipInput, label: string): number {
  const index = labels.indexOf(label);
  if (index >= 0) return index;
  const close = nearest(label, labels);
  const advice = close === null ? `it has ${labels.slice(0, 12).join(', ')}` : `did you mean "${close}"?`;
  throw new InputError(label, `the model has no such label; ${advice}`);
}

async function teach(
  link: Link,
  { program, files }: ClipInput,
  clips: readonly Int16Array[],
  index: number,
): Promise<Taught[]> {
  const taught: Taught[] = [];
  for (const [i, samples] of clips.entries()) {
    const file = files[i] ?? '';
    await feedClip(link, samples);
    const scores = await link.ask('scores');
    const { label } = understood(link, () => parseScores(scores));
    try {
      await learn(link, ` ${index}`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const before =
        i === 0
          ? 'nothing was learnt'
          : `${count(i, 'example')} before it ${i === 1 ? 'was' : 'were'} learnt`;
      throw new InputError(file, `${error.problem}; ${before}`);
    }
    taught.push({ file, label: program.labels[index] ?? '', before: program.labels[label] ?? '' });
  }
  return taught;
}

function show(taught: readonly Taught[], { examples, kept, area }: Learnt): void {
  for (const { file, label, before } of taught)
    print(`${printable(file)}: ${printable(label)}, before taken for ${printable(before)}`);
  const place = kept ? 'kept in its flash' : 'not kept without power: --save';
  print(
    examples === 0 && area === 'empty'
      ? 'the board has learnt nothing'
      : `${count(examples, 'example')}, ${place}`,
  );
  if (area === 'other') print('what its flash holds was learnt by another model, and is ignored');
  if (area === 'damaged') print('what its flash holds is damaged, and is ignored');
}

// SPDX-License-Identifier: Apache-2.0
/** --board and --mic of commands that read recordings: through the microphone of a board. */
import { Option } from 'commander';
import { boards, findBoard, findMicrophone, microphoneNames } from '../../boards/boards.ts';
import { captureRule, MICROPHONE_RATE } from '../../boards/microphone-rate.ts';
import { InputError } from '../../core/base/errors.ts';
import type { CaptureRule } from '../../core/microphone/capture.ts';

export interface HearingOptions {
  readonly board?: string;
  readonly mic?: string;
}

export const hearThroughOption = () =>
  new Option(
    '--board <name>',
    `recordings as this board captures them: sample rate, bits and decimator of its microphone (${Object.keys(boards).join(', ')})`,
  );

export const microphoneOption = () =>
  new Option('--mic <name>', `with --board: ${microphoneNames.join(', ')} (default: the board's first)`);

/**
 * @param subject the model, for messages
 * @returns an empty object without --board
 * @throws InputError for an unknown board, or a model that wants another rate than microphones have
 */
export function hearThrough(
  { board: name, mic }: HearingOptions,
  { sampleRate }: { readonly sampleRate: number },
  subject: string,
): { readonly microphone?: CaptureRule } {
  if (name === undefined) {
    if (mic === undefined) return {};
    throw new InputError('--mic', 'belongs to a board; name it with --board');
  }
  const board = findBoard(name);
  const microphone = findMicrophone(board, mic);
  if (sampleRate !== MICROPHONE_RATE) {
    const problem = `needs ${sampleRate} Hz, microphones deliver ${MICROPHONE_RATE}; --board cannot be used`;
    throw new InputError(subject, problem, 'frontend.sampleRate');
  }
  return { microphone: captureRule(microphone.name, board.chip) };
}

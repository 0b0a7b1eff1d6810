// SPDX-License-Identifier: Apache-2.0
/** Programs that give the sound of this computer's microphone: 16-bit PCM, mono, least significant byte first. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { InputError } from '../../core/base/errors.ts';

/** Hz: what every sound card has. */
export const PC_RATE = 48_000;

export interface Recorder {
  readonly program: string;
  /** @param device as the program names it; undefined: the system's own choice */
  readonly args: (device: string | undefined) => readonly string[];
}

const rate = String(PC_RATE);

/** The first one that is there is taken. */
export const recorders: readonly Recorder[] = [
  {
    program: 'arecord',
    args: (device) => [
      ...['-q', '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', rate],
      ...(device === undefined ? [] : ['-D', device]),
    ],
  },
  {
    program: 'parecord',
    args: (device) => [
      ...['--raw', '--format=s16le', '--channels=1', `--rate=${rate}`, '--latency-msec=20'],
      ...(device === undefined ? [] : [`--device=${device}`]),
    ],
  },
  {
    program: 'sox',
    args: (device) => [
      ...(device === undefined ? ['-q', '-d'] : ['-q', '-t', 'alsa', device]),
      ...['-t', 'raw', '-r', rate, '-e', 'signed-integer', '-b', '16', '-L', '-c', '1', '-'],
    ],
  },
  {
    program: 'ffmpeg',
    args: (device) => [
      ...['-hide_banner', '-loglevel', 'error', '-nostdin'],
      ...(process.platform === 'darwin'
        ? ['-f', 'avfoundation', '-i', device ?? ':0']
        : ['-f', 'alsa', '-i', device ?? 'default']),
      ...['-ac', '1', '-ar', rate, '-f', 's16le', '-'],
    ],
  },
];

const names = recorders.map(({ program }) => program);

/**
 * @param chosen undefined: the first that is on the PATH
 * @throws InputError where none is
 */
export function findRecorder(chosen: string | undefined, path = process.env.PATH ?? ''): Recorder {
  const isThere = ({ program }: Recorder) =>
    path.split(delimiter).some((folder) => existsSync(join(folder, program)));
  if (chosen === undefined) {
    const found = recorders.find(isThere);
    if (found !== undefined) return found;
    const need = `none of ${names.join(', ')} is on the PATH; install one: apt-get install alsa-utils`;
    throw new InputError('--pc', need);
  }
  const named = recorders.find(({ program }) => program === chosen);
  if (named === undefined) throw new InputError('--recorder', `must be one of ${names.join(', ')}`);
  if (!isThere(named)) throw new InputError('--recorder', `${chosen} is not on the PATH`);
  return named;
}

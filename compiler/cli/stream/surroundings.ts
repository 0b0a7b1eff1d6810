// SPDX-License-Identifier: Apache-2.0
/** --level, --peak, --snr, --noise and --voices: what is done to recordings before they are heard. */
import { Option } from 'commander';
import { InputError } from '../../core/base/errors.ts';
import { findClips } from '../../host/audio/clips.ts';
import type { AddedNoise } from '../../report/evaluate/added-noise.ts';
import type { Surroundings } from '../../report/evaluate/play.ts';
import type { NoiseColour } from '../../training/train/augment/rules.ts';
import { decibelsWithin, positiveInteger } from '../shared/command.ts';
import type { EvalOptions } from '../shared/eval-options.ts';

const COLOURS: readonly NoiseColour[] = ['white', 'pink', 'brown'];
const MAX_VOICES = 64;

export const surroundingsOptions = (): Option[] => [
  new Option('--level <dBFS>', 'with --stream: bring every file to this level, the RMS of its samples')
    .argParser(decibelsWithin(-90, 0))
    .conflicts('peak'),
  new Option('--peak <dBFS>', 'with --stream: bring the largest sample of every file there').argParser(
    decibelsWithin(-90, 0),
  ),
  new Option(
    '--snr <dB>',
    'with --stream: add noise whose RMS is this far below that of each file',
  ).argParser(decibelsWithin(-60, 120)),
  new Option(
    '--noise <what>',
    'noise that --snr adds: white, pink, brown, or a folder or file of recordings',
  ).default('white'),
  new Option('--voices <n>', 'recordings of --noise at once: babble').argParser(positiveInteger).default(1),
  new Option('--seed <n>', 'of the noise that --snr adds').argParser(positiveInteger).default(1),
];

/** @throws InputError for options that do not go together, or a folder without recordings */
export function readSurroundings({ level, peak, snr, noise, voices, seed }: EvalOptions): Surroundings {
  return { level: levelOf(level, peak), noise: readNoise(noise, voices, snr, seed) };
}

function levelOf(level: number | undefined, peak: number | undefined): Surroundings['level'] {
  if (level !== undefined) return { decibels: level, of: 'rms' };
  return peak === undefined ? null : { decibels: peak, of: 'peak' };
}

function readNoise(what: string, voices: number, snr: number | undefined, seed: number): AddedNoise | null {
  const colour = COLOURS.find((name) => name === what);
  if (voices > 1 && colour !== undefined) {
    throw new InputError('--voices', 'mixes recordings; name their folder with --noise');
  }
  if (voices > MAX_VOICES) throw new InputError('--voices', `at most ${MAX_VOICES} are mixed`);
  if (snr === undefined) {
    if (what === 'white') return null;
    throw new InputError('--noise', 'also needs --snr, the decibels from each file down to the noise');
  }
  return { source: colour ?? { files: findClips([what]), voices }, snr, seed };
}

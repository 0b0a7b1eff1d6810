// SPDX-License-Identifier: Apache-2.0

import { InputError } from '../../core/base/errors.ts';
import type { CaptureRule } from '../../core/microphone/capture.ts';
import type { SoundProgram as Listening, Program } from '../../core/program/program.ts';
import { streamProgram } from '../../core/quant/detect.ts';
import { hearingOf, readHeard } from '../../host/audio/heard.ts';

/** A program that listens to sound, and through what. */
export interface SoundProgram extends Listening {
  /** Recordings are heard through it; without one as they are. */
  readonly microphone?: CaptureRule;
}

/** Silence behind a recording that is played to a microphone: what the last keyword needs, as in `egru emulate`. */
export const SECONDS_AFTER = 1;

/**
 * The program with its detection, or with one by default (quant/detect.ts).
 * @param subject what the user called the model; @throws InputError where it takes features instead of sound
 */
export function soundProgram(program: Program, subject: string): SoundProgram {
  const { frontend } = program;
  if (frontend === null) {
    throw new InputError(subject, 'accepts features, not sound: it has no "frontend"', 'model.json');
  }
  return { ...streamProgram(program, subject), frontend };
}

/** A whole recording as the feature extractor gets it. */
export async function readRecording(program: SoundProgram, file: string): Promise<Int16Array> {
  return readHeard(file, hearingOf(program), SECONDS_AFTER);
}

/** One file after the other. */
export async function readRecordings(program: SoundProgram, files: readonly string[]): Promise<Int16Array[]> {
  const recordings: Int16Array[] = [];
  for (const file of files) recordings.push(await readRecording(program, file));
  return recordings;
}

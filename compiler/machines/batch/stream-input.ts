// SPDX-License-Identifier: Apache-2.0

import { InputError } from '../../core/base/errors.ts';
import type { Program, SoundProgram } from '../../core/program/program.ts';
import { streamProgram } from '../../core/quant/detect.ts';
import { readSound } from '../../host/audio/sound-file.ts';

export type { SoundProgram } from '../../core/program/program.ts';

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

/** A whole recording at the program's rate. */
export async function readRecording({ frontend }: SoundProgram, file: string): Promise<Int16Array> {
  return (await readSound(file, frontend.sampleRate)).samples;
}

/** One file after the other. */
export async function readRecordings(program: SoundProgram, files: readonly string[]): Promise<Int16Array[]> {
  const recordings: Int16Array[] = [];
  for (const file of files) recordings.push(await readRecording(program, file));
  return recordings;
}

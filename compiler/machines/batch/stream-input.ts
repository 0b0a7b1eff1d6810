// SPDX-License-Identifier: Apache-2.0

import { InputError } from '../../core/base/errors.ts';
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import type { Program, StreamProgram } from '../../core/program/program.ts';
import { streamProgram } from '../../core/quant/detect.ts';
import { readWav } from '../../host/audio/wav.ts';

/** A program that listens to sound. */
export interface SoundProgram extends StreamProgram {
  readonly frontend: FrontendProgram;
}

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

/** A whole WAV file at the program's rate. */
export function readRecording({ frontend }: SoundProgram, file: string): Int16Array {
  return readWav(file, frontend.sampleRate).samples;
}

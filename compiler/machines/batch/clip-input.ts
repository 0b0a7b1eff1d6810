// SPDX-License-Identifier: Apache-2.0
import { cutClip } from '../../core/audio/crop.ts';
import { InputError } from '../../core/base/errors.ts';
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import type { Program, Readout } from '../../core/program/program.ts';
import { readWav } from '../../host/audio/wav.ts';

/** A program that classifies sound clip by clip. */
export interface ClipProgram extends Program {
  readonly frontend: FrontendProgram;
  readonly readout: Readout;
}

/**
 * @param subject what the user called the model, for messages
 * @throws InputError where it takes features instead of sound, or has no readout
 */
export function clipProgram(program: Program, subject: string): ClipProgram {
  const { frontend, readout } = program;
  if (frontend === null) {
    throw new InputError(subject, 'accepts features, not sound: it has no "frontend"', 'model.json');
  }
  if (readout === null) {
    throw new InputError(subject, 'has no "readout": it works on streams only; use --stream', 'model.json');
  }
  return { ...program, frontend, readout };
}

/** A WAV file as every executor takes it: at the program's rate, cut to the readout's frames. */
export function readClip({ frontend, readout }: ClipProgram, file: string): Int16Array {
  const { samples } = readWav(file, frontend.sampleRate);
  return cutClip(samples, frontend.frame, frontend.hop, readout.steps);
}

// SPDX-License-Identifier: Apache-2.0
import { cutClip } from '../../core/audio/crop.ts';
import { InputError } from '../../core/base/errors.ts';
import type { CaptureRule } from '../../core/microphone/capture.ts';
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import type { Program, Readout } from '../../core/program/program.ts';
import { hearingOf, readHeard } from '../../host/audio/heard.ts';

/** A program that classifies sound clip by clip. */
export interface ClipProgram extends Program {
  readonly frontend: FrontendProgram;
  readonly readout: Readout;
  /** Recordings are heard through it; without one as they are. */
  readonly microphone?: CaptureRule;
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

export interface Clip {
  /** As every executor takes it: at the program's rate, cut to the readout's frames. */
  readonly samples: Int16Array;
  /** Samples that the recording has at that rate. */
  readonly length: number;
}

/** A recording, cut to the readout's frames. */
export async function openClip(program: ClipProgram, file: string): Promise<Clip> {
  const { frontend, readout } = program;
  const samples = await readHeard(file, hearingOf(program));
  const cut = cutClip(samples, frontend.frame, frontend.hop, readout.steps);
  return { samples: cut, length: samples.length };
}

/** Its samples alone. */
export async function readClip(program: ClipProgram, file: string): Promise<Int16Array> {
  return (await openClip(program, file)).samples;
}

/** One file after the other. */
export async function readClips(program: ClipProgram, files: readonly string[]): Promise<Int16Array[]> {
  const clips: Int16Array[] = [];
  for (const file of files) clips.push(await readClip(program, file));
  return clips;
}

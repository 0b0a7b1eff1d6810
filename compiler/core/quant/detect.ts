// SPDX-License-Identifier: Apache-2.0
/** The scale of the logits as a multiplication and two shifts, and detection for models without it. */

import { InputError } from '../base/errors.ts';
import type { DetectModel } from '../model/model.ts';
import {
  DEFAULT_SCALE,
  DEFAULT_THRESHOLD,
  type DetectProgram,
  defaultFrames,
  defaultRelease,
  defaultVad,
  MAX_DETECT_LABELS,
} from '../program/detect-program.ts';
import type { Program, StreamProgram } from '../program/program.ts';

/** The largest shift behind the multiplication: with it the product spans 16 to 32 octaves. */
const MAX_POST_SHIFT = 11;

export function quantizeDetect({ scale, ...detect }: DetectModel): DetectProgram {
  return { ...exponentOf(scale), ...detect };
}

/**
 * softmax(scale * logit / 32768) as powers of two: a logit that lies t below the largest one weighs 2^-(t c / 65536)
 * with c = scale * 65536 / (32768 ln 2). c becomes multiplier * 2^-(preShift + postShift), with an error below 2^-15.
 */
export function exponentOf(scale: number): Pick<DetectProgram, 'multiplier' | 'preShift' | 'postShift'> {
  const c = (2 * scale) / Math.LN2;
  const shift = 14 - Math.floor(Math.log2(c));
  const multiplier = Math.min(32767, Math.round(c * 2 ** shift));
  const postShift = Math.min(shift, MAX_POST_SHIFT);
  return { multiplier, preShift: shift - postShift, postShift };
}

/**
 * The program with its detection, or with one by default: every label is a keyword, threshold 1/2, and the network
 * sleeps in silence.
 * @param subject what the user called the model
 */
export function streamProgram(program: Program, subject: string): StreamProgram {
  const { detect, labels, frontend } = program;
  if (detect !== undefined) return { ...program, detect };
  if (labels.length > MAX_DETECT_LABELS) {
    throw new InputError(
      subject,
      `${labels.length} labels; streams of at most ${MAX_DETECT_LABELS} are detected`,
    );
  }
  const [threshold, release] = [DEFAULT_THRESHOLD, defaultRelease(DEFAULT_THRESHOLD)];
  return {
    ...program,
    detect: {
      ...exponentOf(DEFAULT_SCALE),
      ...defaultFrames(frontend),
      keywords: labels.map((_, label) => ({ label, threshold, release })),
      vad: defaultVad(frontend),
    },
  };
}

/**
 * The program as firmware holds it: one with a feature extractor listens, with detection by default where the model
 * says nothing of it. Clips come to the same integers either way.
 */
export function firmwareProgram(program: Program): Program {
  const { detect, frontend, labels } = program;
  if (detect !== undefined || frontend === null || labels.length > MAX_DETECT_LABELS) return program;
  return streamProgram(program, program.name);
}

// SPDX-License-Identifier: Apache-2.0
import { meanSquare } from '../../core/fixed/energy.ts';
import { defaultVad } from '../../core/program/detect-program.ts';
import type { ClipProgram } from './clip-input.ts';

/**
 * Whether there is anything to classify, by the rule of the detector's voice activity (docs/NUMERICS.md, "Detection"):
 * a frame of the clip has at least the level's energy, and the recording has a whole frame.
 * @param clip cut to the readout's frames; @param length samples that the recording has
 */
export function hasSpeech(
  { frontend, readout, detect }: ClipProgram,
  clip: Int16Array,
  length: number,
): boolean {
  const { frame, hop } = frontend;
  if (length < frame) return false;
  const vad = detect === undefined ? defaultVad(frontend) : detect.vad;
  if (vad === null) return true; // without voice activity every frame is processed
  for (let step = 0; step < readout.steps; step++) {
    if (meanSquare(clip, step * hop, frame) >= vad.level * vad.level) return true;
  }
  return false;
}

/** Whether a label is a word to be found, and not a background: every label is, where the model has no "detect". */
export function isKeyword({ detect }: ClipProgram, label: number): boolean {
  return detect === undefined || detect.keywords.some((keyword) => keyword.label === label);
}

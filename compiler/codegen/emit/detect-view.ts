// SPDX-License-Identifier: Apache-2.0
/** The detection part of model.h and model.c. */
import type { DetectProgram } from '../../core/program/detect-program.ts';
import { detectWords } from '../../core/program/detect-program.ts';
import { scratchWords } from '../../core/program/frontend-program.ts';
import { inputsOf, outputsOf, type Program } from '../../core/program/program.ts';
import { cComment } from '../text/c-text.ts';

export interface DetectView {
  readonly comment: string;
  readonly multiplier: number;
  readonly preShift: number;
  readonly postShift: number;
  readonly outputs: number;
  readonly window: number;
  readonly refractory: number;
  readonly vadLevel: number;
  readonly vadHangover: number;
  readonly vadReset: number;
  readonly keywords: readonly {
    readonly label: number;
    readonly threshold: number;
    readonly release: number;
    readonly comment: string;
  }[];
}

export function detectView(program: Program, detect: DetectProgram): DetectView {
  const { multiplier, preShift, postShift, window, refractory, vad } = detect;
  return {
    comment: `${detect.keywords.length} of ${outputsOf(program)} labels are keywords; mean posterior of ${window} frames`,
    ...{ multiplier, preShift, postShift, window, refractory },
    outputs: outputsOf(program),
    vadLevel: vad?.level ?? 0,
    vadHangover: vad?.hangover ?? 0,
    vadReset: vad?.reset ?? 1,
    keywords: detect.keywords.map((keyword) => ({
      ...keyword,
      comment: cComment(program.labels[keyword.label] ?? ''),
    })),
  };
}

/** Words of memory that egru_stream_init takes, next to those of detection. */
export function streamMemory(
  program: Program,
  detect: DetectProgram,
  stateWords: number,
): { readonly detect: number; readonly stream: number } {
  const words = detectWords(detect);
  const frame = program.frontend?.frame ?? 0;
  const inputs = Math.ceil(inputsOf(program) / 2);
  // Frames are even: one of them as halfwords, and what the feature extractor needs.
  const sound = frame / 2 + scratchWords(program.frontend);
  return { detect: words, stream: stateWords + words + outputsOf(program) + inputs + sound };
}

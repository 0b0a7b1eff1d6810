// SPDX-License-Identifier: Apache-2.0
/** `detect` of model.json from what was chosen. */
import type { DetectProgram } from '../../core/program/detect-program.ts';

/** @param scale of the logits, which the program holds in another form */
export function detectJson(
  { window, refractory, keywords, vad }: DetectProgram,
  labels: readonly string[],
  scale: number,
): object {
  return {
    scale,
    window,
    refractory,
    keywords: Object.fromEntries(
      keywords.map(({ label, threshold, release }) => [labels[label] ?? '', { threshold, release }]),
    ),
    ...(vad === null ? {} : { vad }),
  };
}

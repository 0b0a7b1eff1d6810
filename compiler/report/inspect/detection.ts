// SPDX-License-Identifier: Apache-2.0
/** Detection in the chip's integers, and what they are in seconds. */
import type { DetectProgram } from '../../core/program/detect-program.ts';
import type { Program } from '../../core/program/program.ts';

export interface DetectionInspection {
  readonly window: Duration;
  readonly refractory: Duration;
  readonly vad: { readonly level: number; readonly hangover: Duration; readonly reset: Duration } | null;
  readonly keywords: readonly {
    readonly label: string;
    /** Q15. */
    readonly threshold: number;
    readonly release: number;
  }[];
}

export interface Duration {
  readonly frames: number;
  /** null without a feature extractor, whose frames have no duration. */
  readonly seconds: number | null;
}

export function inspectDetection({ frontend, labels }: Program, detect: DetectProgram): DetectionInspection {
  const duration = (frames: number): Duration => ({
    frames,
    seconds: frontend === null ? null : (frames * frontend.hop) / frontend.sampleRate,
  });
  const { window, refractory, vad, keywords } = detect;
  return {
    window: duration(window),
    refractory: duration(refractory),
    vad:
      vad === null
        ? null
        : { level: vad.level, hangover: duration(vad.hangover), reset: duration(vad.reset) },
    keywords: keywords.map(({ label, threshold, release }) => ({
      label: labels[label] ?? '',
      threshold,
      release,
    })),
  };
}

// SPDX-License-Identifier: Apache-2.0
/** How far the integer feature extractor is from its floating-point definition: for tests and reports. */

import { Frontend } from '../../core/frontend/features.ts';
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import { referenceFrame } from './oracle.ts';

export interface FrontendError {
  /** Frames that hold a non-zero sample; the others are padding and would dilute the mean. */
  readonly frames: number;
  /** Of |integer / 32768 - meaning|, over all bins of those frames. */
  readonly mean: number;
  readonly worst: number;
  /** Where the worst one is: index of the clip, of the frame in it, of the bin. */
  readonly at: { readonly clip: number; readonly frame: number; readonly bin: number };
}

/**
 * @param clips each cut to the frames of a readout (cutClip)
 * @param attenuation samples are shifted right by so many bits, rounding down, before both paths: 3 is 1/8 level
 */
export function measureFrontend(
  program: FrontendProgram,
  clips: Iterable<Int16Array>,
  attenuation = 0,
): FrontendError {
  const { definition, frame, hop, bins } = program;
  const frontend = new Frontend(program);
  const features = new Int16Array(bins);
  let [frames, sum, worst, clip] = [0, 0, 0, -1];
  let at = { clip: 0, frame: 0, bin: 0 };
  for (const samples of clips) {
    clip++;
    const pcm = samples.map((sample) => sample >> attenuation);
    for (let offset = 0, index = 0; offset + frame <= pcm.length; offset += hop, index++) {
      if (pcm.subarray(offset, offset + frame).every((sample) => sample === 0)) continue;
      frames++;
      frontend.absolute(pcm, offset, features);
      const meaning = referenceFrame(definition, pcm, offset);
      for (let bin = 0; bin < bins; bin++) {
        const error = Math.abs((features[bin] ?? 0) / 32768 - (meaning[bin] ?? 0));
        sum += error;
        if (error > worst) [worst, at] = [error, { clip, frame: index, bin }];
      }
    }
  }
  return { frames, mean: frames === 0 ? 0 : sum / (frames * bins), worst, at };
}

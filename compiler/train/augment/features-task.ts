// SPDX-License-Identifier: Apache-2.0
/** A thread's part in renewing features: PCM, augmentation, the integer front end, into shared memory. */
import { cutClip } from '../../audio/cut.ts';
import { Frontend } from '../../frontend/features.ts';
import type { FrontendProgram } from '../../program/frontend-program.ts';
import { Random } from '../random.ts';
import { augment } from './augment.ts';
import type { AugmentRules } from './rules.ts';

/** Recordings one after the other in shared memory. */
export interface SharedPcm {
  readonly samples: Int16Array;
  /** Where each begins, and where the last one ends. */
  readonly starts: Int32Array;
}

export interface FeaturesInit {
  readonly frontend: FrontendProgram;
  readonly steps: number;
  readonly clips: SharedPcm;
  readonly backgrounds: SharedPcm;
  /** null: as validation and the chip see them. */
  readonly rules: AugmentRules | null;
  readonly seed: number;
  /** Names this renewal. */
  readonly round: number;
  /** steps x bins for every clip, shared. */
  readonly features: Int16Array;
}

/** Stream of chance; 1 and 2 are epoch.ts's. */
export const AUGMENT = 3;

export default (init: FeaturesInit) => {
  const { frontend, steps, clips, rules, seed, round, features } = init;
  const { frame, hop, bins, sampleRate } = frontend;
  const machine = new Frontend(frontend);
  const window = { frame, hop, steps };
  const backgrounds = Array.from({ length: init.backgrounds.starts.length - 1 }, (_, i) =>
    recording(init.backgrounds, i),
  );
  return (clip: number): null => {
    const samples = recording(clips, clip);
    const pcm =
      rules === null
        ? cutClip(samples, frame, hop, steps)
        : augment(samples, sampleRate, window, rules, backgrounds, new Random(seed, AUGMENT, round, clip));
    for (let t = 0; t < steps; t++) {
      const start = (clip * steps + t) * bins;
      machine.frame(pcm, t * hop, features.subarray(start, start + bins));
    }
    return null;
  };
};

export function recording({ samples, starts }: SharedPcm, index: number): Int16Array {
  return samples.subarray(starts[index] ?? 0, starts[index + 1] ?? 0);
}

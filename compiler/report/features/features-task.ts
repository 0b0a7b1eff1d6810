// SPDX-License-Identifier: Apache-2.0
/** What a thread does with a file for features.ts: its features, step by step. */
import { cutClip, wholeFrames } from '../../core/audio/crop.ts';
import { Frontend } from '../../core/frontend/features.ts';
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import type { Readout } from '../../core/program/program.ts';
import { readSound } from '../../host/audio/sound-file.ts';

export interface FeaturesInit {
  readonly frontend: FrontendProgram;
  /** null: whole files instead of clips. */
  readonly readout: Readout | null;
}

export default ({ frontend, readout }: FeaturesInit) => {
  const { sampleRate, frame, hop, bins } = frontend;
  const machine = new Frontend(frontend);
  return async (file: string): Promise<Int16Array> => {
    const { samples } = await readSound(file, sampleRate);
    const pcm = readout === null ? samples : cutClip(samples, frame, hop, readout.steps);
    const steps = wholeFrames(pcm.length, frame, hop);
    const features = new Int16Array(steps * bins);
    machine.reset();
    for (let step = 0; step < steps; step++) {
      machine.frame(pcm, step * hop, features.subarray(step * bins, (step + 1) * bins));
    }
    return features;
  };
};

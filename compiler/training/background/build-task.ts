// SPDX-License-Identifier: Apache-2.0
/** A thread's part in building a store: the features of one recording, and the energy of its frames. */
import { wholeFrames } from '../../core/audio/crop.ts';
import { InputError } from '../../core/base/errors.ts';
import { meanSquare } from '../../core/fixed/energy.ts';
import { Frontend } from '../../core/frontend/features.ts';
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import { readSound } from '../../host/audio/sound-file.ts';

export interface BuildInit {
  readonly frontend: FrontendProgram;
}

export interface RecordingFeatures {
  readonly features: Int16Array;
  readonly energy: Int32Array;
  /** Why it has no frames; null: it has. */
  readonly problem: {
    readonly subject: string;
    readonly problem: string;
    readonly where: string | undefined;
  } | null;
}

export default ({ frontend }: BuildInit) => {
  const machine = new Frontend(frontend);
  const { frame, hop, bins } = frontend;
  return async (file: string): Promise<RecordingFeatures> => {
    try {
      const { samples } = await readSound(file, frontend.sampleRate);
      const frames = wholeFrames(samples.length, frame, hop);
      const features = new Int16Array(frames * bins);
      const energy = new Int32Array(frames);
      for (let t = 0; t < frames; t++) {
        machine.absolute(samples, t * hop, features.subarray(t * bins, (t + 1) * bins));
        energy[t] = meanSquare(samples, t * hop, frame);
      }
      return { features, energy, problem: null };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { subject, problem, where } = error;
      return { features: new Int16Array(0), energy: new Int32Array(0), problem: { subject, problem, where } };
    }
  };
};

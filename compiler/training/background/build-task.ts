// SPDX-License-Identifier: Apache-2.0
/** A thread's part in building a store: the features of one recording, and the energy of its frames. */
import { wholeFrames } from '../../core/audio/crop.ts';
import { InputError } from '../../core/base/errors.ts';
import { meanSquare } from '../../core/fixed/energy.ts';
import { Frontend } from '../../core/frontend/features.ts';
import type { CaptureRule } from '../../core/microphone/capture.ts';
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import { readHeard } from '../../host/audio/heard.ts';

export interface BuildInit {
  readonly frontend: FrontendProgram;
  readonly microphone: CaptureRule | null;
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

export default ({ frontend, microphone }: BuildInit) => {
  const machine = new Frontend(frontend);
  const { frame, hop, bins } = frontend;
  const hearing = { sampleRate: frontend.sampleRate, microphone };
  return async (file: string): Promise<RecordingFeatures> => {
    try {
      const samples = await readHeard(file, hearing);
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

// SPDX-License-Identifier: Apache-2.0
/** A thread's part in renewing features: PCM, augmentation, the integer feature extractor, into shared memory. */
import { clipSamples, cutClip } from '../../../core/audio/crop.ts';
import { Frontend } from '../../../core/frontend/features.ts';
import type { FrontendProgram } from '../../../core/program/frontend-program.ts';
import { Random } from '../random.ts';
import { augment, type Place, type Window } from './augment.ts';
import { hardNegative } from './hard-negatives.ts';
import { normalizeClip } from './normalize.ts';
import type { AugmentRules } from './rules.ts';
import { labelSteps, type StepRules } from './step-labels.ts';

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
  /** Clips whose halves hard negatives may contain: those that train. */
  readonly others: readonly number[];
  /** null: as validation and the chip see them. */
  readonly rules: AugmentRules | null;
  readonly seed: number;
  /** Names this renewal. */
  readonly round: number;
  /** steps x bins for every clip, shared. */
  readonly features: Int16Array;
  /** Labels of every step, which follow the words; null: those of clips, which nothing changes. */
  readonly labels: StepLabels | null;
  /** Features before normalization: other sound is mixed into them. */
  readonly absolute?: boolean;
}

export interface StepLabels {
  readonly rules: StepRules;
  /** By clip. */
  readonly truths: Int32Array;
  /** steps for every clip, shared. */
  readonly steps: Int32Array;
}

/** Streams of chance; 1 and 2 are epoch.ts's. */
export const AUGMENT = 3;
const DECOY = 4;

export default (init: FeaturesInit) => {
  const { frontend, steps, rules, seed, round, features } = init;
  const { frame, hop, bins, sampleRate } = frontend;
  const machine = new Frontend(frontend);
  const window = { frame, hop, steps };
  const backgrounds = Array.from({ length: init.backgrounds.starts.length - 1 }, (_, i) =>
    recording(init.backgrounds, i),
  );
  return (clip: number): null => {
    const random = new Random(seed, AUGMENT, round, clip);
    const { samples, label } = rules === null ? asItIs(init, clip) : perhapsDecoy(init, clip);
    const sound: Place & { readonly pcm: Int16Array } =
      rules === null
        ? { ...middle(samples.length, window), pcm: cutClip(samples, frame, hop, steps) }
        : augment(samples, sampleRate, window, rules, backgrounds, random);
    const { pcm } = sound;
    if (init.labels !== null) {
      const of = init.labels.steps.subarray(clip * steps, (clip + 1) * steps);
      labelSteps(of, label, sound, window, sampleRate, init.labels.rules);
    }
    const own = features.subarray(clip * steps * bins, (clip + 1) * steps * bins);
    const frameOf = (t: number) => own.subarray(t * bins, (t + 1) * bins);
    for (let t = 0; t < steps; t++) machine.absolute(pcm, t * hop, frameOf(t));
    const isStream = rules !== null && init.labels !== null;
    if (init.absolute !== true) normalizeClip(machine, own, isStream ? random : null);
    return null;
  };
};

interface Sound {
  readonly samples: Int16Array;
  readonly label: number;
}

function asItIs({ clips, labels }: FeaturesInit, clip: number): Sound {
  return { samples: recording(clips, clip), label: labels?.truths[clip] ?? 0 };
}

/** A keyword, or with the probability of the rules a hard negative made of it, which is background. */
function perhapsDecoy(init: FeaturesInit, clip: number): Sound {
  const plain = asItIs(init, clip);
  if (init.labels === null) return plain;
  const { rules, truths } = init.labels;
  const random = new Random(init.seed, DECOY, init.round, clip);
  if (plain.label === rules.background || random.unit() >= rules.hardNegatives) return plain;
  const others = init.others.filter((other) => {
    const label = truths[other];
    return label !== plain.label && label !== rules.background;
  });
  const other =
    others.length === 0 ? plain.samples : recording(init.clips, others[random.below(others.length)] ?? 0);
  return { samples: hardNegative(plain.samples, other, random), label: rules.background };
}

/** Where cutClip() puts a recording. */
function middle(length: number, { frame, hop, steps }: Window): Place {
  return { start: Math.floor((clipSamples(frame, hop, steps) - length) / 2), length };
}

export function recording({ samples, starts }: SharedPcm, index: number): Int16Array {
  return samples.subarray(starts[index] ?? 0, starts[index + 1] ?? 0);
}

// SPDX-License-Identifier: Apache-2.0
/**
 * Labels of every step for networks that listen to a stream. Before a keyword, and while too little of it was spoken to
 * recognize it, a frame is background; once most of it was spoken, and for a while after its end, it is the keyword;
 * in between, frames do not count. Later it is background again, so that the network lets go.
 */
import { UNLABELLED } from '../loss.ts';
import type { Place, Window } from './augment.ts';

export interface StepRules {
  /** Index of the label of everything that is no keyword. */
  readonly background: number;
  /** Share of the word after which it counts as spoken: 0 .. 1. */
  readonly from: number;
  /** Seconds behind the word in which it still does. */
  readonly hold: number;
  /** Share of the keywords that become hard negatives in a round (hard-negatives.ts): 0 .. 1. */
  readonly hardNegatives: number;
}

/** Seconds after the hold in which frames do not count. */
const LETTING_GO = 0.3;
/** Of `from`: up to here a word cannot be distinguished from others. */
const EARLY = 0.5;

/** @param labels of this clip, window.steps of them; are overwritten */
export function labelSteps(
  labels: Int32Array,
  label: number,
  { start, length }: Place,
  { frame, hop }: Window,
  sampleRate: number,
  { background, from, hold }: StepRules,
): void {
  if (label === background) {
    labels.fill(background);
    return;
  }
  const end = start + length;
  const held = end + hold * sampleRate;
  for (let t = 0; t < labels.length; t++) {
    const frameEnd = t * hop + frame;
    const spoken = (frameEnd - start) / length;
    if (spoken < EARLY * from) labels[t] = background;
    else if (spoken < from) labels[t] = UNLABELLED;
    else if (frameEnd <= held) labels[t] = label;
    else labels[t] = frameEnd <= held + LETTING_GO * sampleRate ? UNLABELLED : background;
  }
}

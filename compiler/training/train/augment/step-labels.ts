// SPDX-License-Identifier: Apache-2.0
/**
 * Labels of every step for networks that listen to a stream. Before a keyword, and while so little of it was said that
 * nobody could know, a frame is background; once most of it was said, and for a while behind its end, it is the keyword;
 * in between, nobody judges. A long time behind it is background again, so that the network lets go.
 */
import { UNLABELLED } from '../loss.ts';
import type { Place, Window } from './augment.ts';

export interface StepRules {
  /** Index of the label of everything that is no keyword. */
  readonly background: number;
  /** Once this part of the word was said, it counts as said: 0 .. 1. */
  readonly from: number;
  /** Seconds behind the word in which it still does. */
  readonly hold: number;
  /** Share of the keywords that become hard negatives in a round (hard-negatives.ts): 0 .. 1. */
  readonly hardNegatives: number;
}

/** Seconds in which nobody judges behind the hold. */
const LETTING_GO = 0.3;
/** Of `from`: up to here a word cannot be told from others. */
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
    const heard = t * hop + frame;
    const said = (heard - start) / length;
    if (said < EARLY * from) labels[t] = background;
    else if (said < from) labels[t] = UNLABELLED;
    else if (heard <= held) labels[t] = label;
    else labels[t] = heard <= held + LETTING_GO * sampleRate ? UNLABELLED : background;
  }
}

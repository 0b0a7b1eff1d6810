// SPDX-License-Identifier: Apache-2.0
/**
 * Cross entropy of a clip with label smoothing, for the three ways to read a network:
 *
 *   sum    one label per clip, softmax of scale x the mean over the steps of the logits (training twin of the
 *          readout "sum": the mean differs from the sum by a constant factor, and the argmax is the same)
 *   last   one label per clip, softmax of scale x the logits of the last step
 *   steps  one label per step, softmax of scale x the logits of each step; the mean over the labelled steps. With
 *          `clip`, so much of the loss of "sum" is added, whose label is the keyword among the steps or the background
 *
 * loss = weight of the true class x (log sum exp v - (1 - e) v[truth] - e / classes x sum v), v the scaled logits.
 */
import { addAt, at, type Floats } from './arrays.ts';

export type TrainingReadout = 'sum' | 'last' | 'steps';

export interface LossRules {
  readonly readout: TrainingReadout;
  /** Logits are multiplied by this before the softmax: the integer network's are small, a softmax needs contrast. */
  readonly scale: number;
  /** e, 0 .. 1. */
  readonly smoothing: number;
  /** One per class; all 1 where empty. */
  readonly classWeights: readonly number[];
  /**
   * One per class, in logits: added to them in the loss of "steps" and not in the network, which learns to keep so much
   * below (logit adjustment; Menon and others, 2021). All 0 where left out.
   */
  readonly adjust?: readonly number[];
  /** Of "steps": what the clip as a whole counts beside its steps; null: nothing. */
  readonly clip?: { readonly weight: number; readonly background: number } | null;
}

/** Lanes: clips that lie side by side, value [step][class][lane]. The reference trainer has one lane. */
export interface LogitLanes {
  readonly logits: Floats;
  /** Derivative of the sum of the losses by the logits; same layout, is overwritten. */
  readonly gradient: Floats;
  readonly steps: number;
  readonly classes: number;
  readonly lanes: number;
}

export interface ClipLoss {
  /** Times `share`. */
  readonly loss: number;
  /** 1 or 0; with per-step labels the share of the labelled steps. */
  readonly correct: number;
}

/** Label of a step or clip that counts for nothing. */
export const UNLABELLED = -1;

/** Weight of a clip or step with this label. */
export function weightOf(rules: LossRules, label: number): number {
  return label === UNLABELLED ? 0 : (rules.classWeights[label] ?? 1);
}

/**
 * Loss of one lane, and its gradient by every logit.
 * @param labels one for "sum" and "last", `steps` of them for "steps"
 * @param share what the loss is multiplied by, such as 1 / the weights of the batch
 */
export function clipLoss(
  rules: LossRules,
  data: LogitLanes,
  lane: number,
  labels: Int32Array,
  share: number,
): ClipLoss {
  const { logits, gradient, steps, classes, lanes } = data;
  const values = new Float64Array(classes);
  const index = (step: number, k: number) => (step * classes + k) * lanes + lane;

  if (rules.readout === 'steps') {
    let labelled = 0;
    for (let t = 0; t < steps; t++) if (labels[t] !== UNLABELLED) labelled++;
    let loss = 0;
    let correct = 0;
    for (let t = 0; t < steps; t++) {
      for (let k = 0; k < classes; k++) {
        values[k] = rules.scale * (at(logits, index(t, k)) + (rules.adjust?.[k] ?? 0));
      }
      const one = softmaxLoss(rules, values, labels[t] ?? UNLABELLED, share / Math.max(1, labelled));
      for (let k = 0; k < classes; k++) gradient[index(t, k)] = rules.scale * at(values, k);
      loss += one.loss;
      correct += one.correct;
    }
    if (rules.clip != null) loss += addClipLoss(rules, rules.clip, data, lane, labels, share);
    return { loss, correct: correct / Math.max(1, labelled) };
  }

  const first = rules.readout === 'last' ? steps - 1 : 0;
  const factor = rules.scale / (steps - first);
  for (let t = first; t < steps; t++) {
    for (let k = 0; k < classes; k++) values[k] = at(values, k) + factor * at(logits, index(t, k));
  }
  const result = softmaxLoss(rules, values, labels[0] ?? UNLABELLED, share);
  for (let t = 0; t < steps; t++) {
    for (let k = 0; k < classes; k++) gradient[index(t, k)] = t < first ? 0 : factor * at(values, k);
  }
  return result;
}

/** The loss of "sum" for a clip whose steps are labelled; adds to the gradient. */
function addClipLoss(
  rules: LossRules,
  { weight, background }: NonNullable<LossRules['clip']>,
  { logits, gradient, steps, classes, lanes }: LogitLanes,
  lane: number,
  labels: Int32Array,
  share: number,
): number {
  const values = new Float64Array(classes);
  const factor = rules.scale / steps;
  for (let t = 0; t < steps; t++) {
    for (let k = 0; k < classes; k++) {
      values[k] = at(values, k) + factor * at(logits, (t * classes + k) * lanes + lane);
    }
  }
  const keyword = labels.find((label) => label !== UNLABELLED && label !== background);
  const { loss } = softmaxLoss(rules, values, keyword ?? background, weight * share);
  for (let t = 0; t < steps; t++) {
    for (let k = 0; k < classes; k++) {
      addAt(gradient, (t * classes + k) * lanes + lane, factor * at(values, k));
    }
  }
  return loss;
}

/** Replaces the scaled logits by the derivative of the loss by them. */
function softmaxLoss(rules: LossRules, values: Float64Array, label: number, share: number): ClipLoss {
  const factor = weightOf(rules, label) * share;
  if (factor === 0) {
    const correct = label !== UNLABELLED && argmax(values) === label ? 1 : 0;
    values.fill(0);
    return { loss: 0, correct };
  }
  const correct = argmax(values) === label ? 1 : 0;
  const spread = rules.smoothing / values.length;
  let largest = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (const value of values) {
    if (value > largest) largest = value;
    total += value;
  }
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  const logSum = largest + Math.log(sum);
  const loss = factor * (logSum - (1 - rules.smoothing) * at(values, label) - spread * total);
  for (let k = 0; k < values.length; k++) {
    const target = spread + (k === label ? 1 - rules.smoothing : 0);
    values[k] = factor * (Math.exp(at(values, k) - logSum) - target);
  }
  return { loss, correct };
}

/** The lowest index among the largest, as the chip decides. */
export function argmax(values: Floats): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (at(values, k) > at(values, best)) best = k;
  return best;
}

// SPDX-License-Identifier: Apache-2.0
/** One pass over the training clips: shuffled batches, each with fresh initial states, its gradient and a step. */

import type { Engine } from './engine/engine.ts';
import { type ActivityRules, pressuresOf } from './events.ts';
import type { Network } from './network.ts';
import { type AdamRules, type AdamState, adamStep } from './optimize/optimizer.ts';
import { addPenalty, pruneThreshold } from './optimize/prune.ts';
import { rateAt, type Schedule } from './optimize/schedule.ts';
import { type Quantization, quantizeInto } from './quantizer.ts';
import { Random } from './random.ts';

/** Streams of chance, so that one does not shift another: see Random's key. */
const SHUFFLE = 1;
const STATES = 2;

export interface EpochRules {
  readonly seed: number;
  readonly batch: number;
  readonly adam: AdamRules;
  /** null: the passes use the parameters as they are. */
  readonly quantization: Quantization | null;
  readonly schedule: Schedule;
  /** Share of the weights that may be non-zero after `done` of the phase's batches; null: no pruning. */
  readonly share: ((done: number) => number) | null;
  /** See PruneRules. */
  readonly penalty: number;
  /** null: the network sends no events. */
  readonly activity: ActivityRules | null;
}

export interface EpochPlace {
  /** Counted over the whole run; names the streams of chance. */
  readonly epoch: number;
  /** Batches of this phase before this epoch, and in all: where the rate's schedule stands. */
  readonly before: number;
  readonly total: number;
}

export interface EpochLoss {
  /** Mean over the clips, while the parameters moved. */
  readonly loss: number;
  /** Share of clips with the right prediction. */
  readonly accuracy: number;
  /** Rate of the last batch. */
  readonly rate: number;
  /** Largest length of a gradient, before it was shortened. */
  readonly gradientNorm: number;
}

/** The loss is no number any more; the parameters are those before the step. */
export class LossFailure extends Error {
  constructor(
    readonly epoch: number,
    readonly step: number,
  ) {
    super(`the loss is not a finite number`);
    this.name = 'LossFailure';
  }
}

export function batchesOf(clips: number, batch: number): number {
  return Math.ceil(clips / batch);
}

/** The clips in the order in which an epoch takes them. */
export function epochOrder(clips: Int32Array, seed: number, epoch: number): Int32Array {
  const order = clips.slice();
  new Random(seed, SHUFFLE, epoch).shuffle(order);
  return order;
}

/** States before the first step for `clips` clips in the order of the epoch, `states` each; in (-1, 1). */
export function initialStates(clips: number, states: number, seed: number, epoch: number): Float32Array {
  const chance = new Random(seed, STATES, epoch);
  return Float32Array.from({ length: clips * states }, () => chance.signed());
}

/**
 * @param clips indices of the training clips
 * @param pause called after every batch; false ends the epoch early (null is returned)
 * @throws LossFailure
 */
export async function runEpoch(
  engine: Engine,
  network: Network,
  rules: EpochRules,
  place: EpochPlace,
  clips: Int32Array,
  parameters: Float32Array,
  adam: AdamState,
  pause: (done: number, batches: number) => Promise<boolean>,
): Promise<EpochLoss | null> {
  const order = epochOrder(clips, rules.seed, place.epoch);
  const states = initialStates(order.length, network.states, rules.seed, place.epoch);
  const used = new Float32Array(network.size);
  const gradient = new Float32Array(network.size);
  const batches = batchesOf(order.length, rules.batch);
  let [loss, correct, rate, gradientNorm] = [0, 0, 0, 0];
  let pressures: readonly number[] = [];
  for (let b = 0; b < batches; b++) {
    const indices = order.subarray(b * rules.batch, (b + 1) * rules.batch);
    const initial = states.subarray(b * rules.batch * network.states);
    const share = rules.share?.(place.before + b) ?? 1;
    quantizeInto(used, parameters, network, rules.quantization, pruneThreshold(network, parameters, share));
    const result = engine.gradient(
      used,
      indices,
      initial.subarray(0, indices.length * network.states),
      gradient,
      pressures.map((pressure) => pressure / indices.length),
    );
    // The activity of a batch decides about the next one: it is known before its way back only once it is over.
    pressures = rules.activity === null ? [] : pressuresOf(rules.activity, network, result.activity);
    addPenalty(network, parameters, gradient, rules.penalty);
    rate = rateAt(rules.schedule, place.before + b, place.total);
    const norm = adamStep(rules.adam, adam, parameters, gradient, rate);
    if (!Number.isFinite(norm) || !Number.isFinite(result.loss)) throw new LossFailure(place.epoch, b);
    loss += result.loss * indices.length;
    correct += result.correct;
    gradientNorm = Math.max(gradientNorm, norm);
    if (!(await pause(b + 1, batches))) return null;
  }
  return { loss: loss / order.length, accuracy: correct / order.length, rate, gradientNorm };
}

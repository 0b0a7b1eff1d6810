// SPDX-License-Identifier: Apache-2.0
/**
 * A whole training: phases of epochs, the best parameters on the validation clips, early stopping. Everything that
 * happens follows from the configuration, its seed and the clips; a run that was interrupted after an epoch goes on
 * as if it had not been.
 */
import type { HardPlaces } from '../background/mine.ts';
import type { MiningRecord } from './background/feed.ts';
import type { Engine } from './engine/engine.ts';
import { batchesOf, type EpochPlace, LossFailure, runEpoch } from './epoch.ts';
import { type ActivityRules, activityLoss } from './events.ts';
import { initialize, type Network } from './network.ts';
import { type AdamRules, type AdamState, newAdamState } from './optimize/optimizer.ts';
import { type PruneRules, pruned, pruneThreshold, shareAt } from './optimize/prune.ts';
import type { Schedule } from './optimize/schedule.ts';
import { type Quantization, quantizeInto } from './quantizer.ts';
import { Random } from './random.ts';

export interface Phase {
  readonly epochs: number;
  /** Quantization in the loop; false: float, as a warm start. */
  readonly quantize: boolean;
  /** Over the batches of the phase; Adam restarts with it. */
  readonly schedule: Schedule;
}

export interface RunRules {
  readonly seed: number;
  readonly batch: number;
  readonly adam: AdamRules;
  readonly quantization: Quantization;
  readonly phases: readonly Phase[];
  /** Acts where quantization does; null: none. */
  readonly prune: PruneRules | null;
  /** Ends the last phase after so many epochs without a lower validation loss; null: never. */
  readonly patience: number | null;
  /** Which weights are kept: those with the lowest validation loss, or those of the last epoch that was done. */
  readonly keep: 'best' | 'last';
  /** Acts where quantization does; null: the network sends no events. */
  readonly activity?: ActivityRules | null;
}

export interface EpochRecord {
  /** From 0, over all phases. */
  readonly epoch: number;
  readonly phase: number;
  readonly quantized: boolean;
  /** Over the training clips while the parameters moved. */
  readonly loss: number;
  readonly accuracy: number;
  /** After the epoch, from zero states, quantized as in the phase; with what an activity beyond the wanted one costs. */
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly rate: number;
  readonly gradientNorm: number;
  /** Part of the weights that is zero once they are quantized, whatever the phase. */
  readonly zeroShare: number;
  readonly seconds: number;
  /** Share of each layer's units that sent an event at a step of the validation clips; absent: the network sends none. */
  readonly activity?: readonly number[];
}

export interface Best {
  readonly parameters: Float32Array;
  readonly epoch: number;
  readonly quantized: boolean;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

/** Where a run stands between two epochs: what a checkpoint keeps. */
export interface RunState {
  /** Epochs done. */
  epoch: number;
  parameters: Float32Array;
  adam: AdamState;
  /** Lowest validation loss since the first epoch after quantization was last switched on or off; null: none yet. */
  best: Best | null;
  readonly records: EpochRecord[];
  /** What listening to all background found last; null: nothing yet. */
  mining: Mining | null;
}

/** Hard places and the rounds that found them. */
export interface Mining {
  readonly places: HardPlaces;
  /** Frames that fired in all rounds, by falling score of the last. */
  readonly steady: Int32Array;
  readonly rounds: readonly MiningRecord[];
}

export interface RunHooks {
  /** Before an epoch: the place to renew the features of the training clips. */
  readonly prepare?: (epoch: number) => Promise<void>;
  /** After a round of mining. */
  readonly onMining?: (record: MiningRecord) => void;
  /** After a batch. */
  readonly onBatch?: (epoch: number, done: number, batches: number) => void;
  /** After an epoch: the place for progress and checkpoints. */
  readonly onEpoch?: (record: EpochRecord, state: RunState) => void;
  /** Ends the run after the batch under way. */
  readonly signal?: AbortSignal;
}

export type RunEnd =
  | { readonly reason: 'finished' | 'no-progress' | 'interrupted' }
  /** The loss was no number; the best parameters are kept. */
  | { readonly reason: 'diverged'; readonly failure: LossFailure };

/** @param start parameters to begin with; without: random ones */
export function newRunState(network: Network, seed: number, start?: Float32Array): RunState {
  const parameters = start ?? initialize(network, new Random(seed));
  return { epoch: 0, parameters, adam: newAdamState(network.size), best: null, records: [], mining: null };
}

/** The phase that an epoch belongs to, and the epochs before it; null: all are done. */
export function phaseAt(phases: readonly Phase[], epoch: number): { index: number; start: number } | null {
  let start = 0;
  for (const [index, { epochs }] of phases.entries()) {
    if (epoch < start + epochs) return { index, start };
    start += epochs;
  }
  return null;
}

/**
 * Goes on from `state`, in place, until all phases are done or something ends it.
 * @param training indices of the engine's clips to train on; @param validation and of those to validate with
 */
export async function run(
  engine: Engine,
  network: Network,
  rules: RunRules,
  training: Int32Array,
  validation: Int32Array,
  state: RunState,
  hooks: RunHooks = {},
): Promise<RunEnd> {
  for (;;) {
    if (hooks.signal?.aborted === true) return { reason: 'interrupted' };
    const place = phaseAt(rules.phases, state.epoch);
    if (place === null) return { reason: 'finished' };
    if (noProgress(rules, place.index, state)) return { reason: 'no-progress' };
    try {
      const record = await nextEpoch(engine, network, rules, place, training, validation, state, hooks);
      if (record === null) return { reason: 'interrupted' };
      hooks.onEpoch?.(record, state);
    } catch (error) {
      if (error instanceof LossFailure) return { reason: 'diverged', failure: error };
      throw error;
    }
  }
}

function noProgress(
  { patience, phases }: RunRules,
  phase: number,
  { epoch, best, records }: RunState,
): boolean {
  if (patience === null || phase !== phases.length - 1 || best === null) return false;
  const first = records.findIndex((record) => record.phase === phase);
  return first >= 0 && epoch - 1 - Math.max(best.epoch, first - 1) >= patience;
}

async function nextEpoch(
  engine: Engine,
  network: Network,
  rules: RunRules,
  { index, start }: { index: number; start: number },
  training: Int32Array,
  validation: Int32Array,
  state: RunState,
  hooks: RunHooks,
): Promise<EpochRecord | null> {
  const phase = rules.phases[index];
  if (phase === undefined) throw new Error(`no phase ${index}`);
  const { epoch } = state;
  const began = performance.now();
  const quantization = phase.quantize ? rules.quantization : null;
  if (epoch === start) state.adam = newAdamState(network.size);
  await hooks.prepare?.(epoch);
  const batches = batchesOf(training.length, rules.batch);
  const penalty = rules.prune?.penalty ?? 0;
  const share = pruningOf(rules, index, phase.epochs * batches);
  const place: EpochPlace = { epoch, before: (epoch - start) * batches, total: phase.epochs * batches };
  // As pruning, where quantization does: units that are silent from the start do not learn.
  const activity =
    rules.activity == null ? null : phase.quantize ? rules.activity : { ...rules.activity, weight: 0 };
  const epochRules = { ...rules, activity, quantization, schedule: phase.schedule, share, penalty };
  const { parameters, adam } = state;
  const result = await runEpoch(
    engine,
    network,
    epochRules,
    place,
    training,
    parameters,
    adam,
    async (done) => {
      hooks.onBatch?.(epoch, done, batches);
      await nextTurn();
      return hooks.signal?.aborted !== true;
    },
  );
  if (result === null) return null;

  const left = share?.(place.before + batches) ?? 1;
  const kept = pruned(network, parameters, pruneThreshold(network, parameters, left));
  const used = new Float32Array(network.size);
  quantizeInto(used, kept, network, quantization);
  const judged = engine.evaluate(used, validation);
  const validationAccuracy = judged.correct / validation.length;
  const excess = activity === null ? 0 : activityLoss(activity, judged.activity);
  const validationLoss = judged.loss + excess;
  if (!Number.isFinite(validationLoss)) throw new LossFailure(epoch, batches);
  // What has more weights than are wanted in the end is not the best, however accurate it is.
  const isRamping = left > (rules.prune?.nonZero ?? 1);
  const best = isRamping || state.best?.quantized !== phase.quantize ? null : state.best;
  if (best === null || rules.keep === 'last' || validationLoss < best.validationLoss) {
    state.best = { parameters: kept, epoch, quantized: phase.quantize, validationLoss, validationAccuracy };
  }
  const record: EpochRecord = {
    epoch,
    phase: index,
    quantized: phase.quantize,
    ...result,
    validationLoss,
    validationAccuracy,
    zeroShare: zeroShare(network, rules.quantization, kept),
    seconds: (performance.now() - began) / 1000,
    ...(activity === null ? {} : { activity: judged.activity }),
  };
  state.records.push(record);
  state.epoch++;
  return record;
}

/** Share of the weights that may be non-zero, by the phase's batches that are done; null: no pruning in this phase. */
function pruningOf(
  { prune, phases }: RunRules,
  index: number,
  total: number,
): ((done: number) => number) | null {
  if (prune === null || phases[index]?.quantize !== true) return null;
  const first = phases.findIndex(({ quantize }) => quantize);
  return (done) => shareAt(prune, index === first ? done / total : 1);
}

/** Lets signals and timers through: batches block this thread. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Part of the weights, biases apart, that quantization makes zero. */
export function zeroShare(network: Network, rules: Quantization, parameters: Float32Array): number {
  const used = new Float32Array(network.size);
  quantizeInto(used, parameters, network, rules);
  let [zeros, weights] = [0, 0];
  for (const { kind, offset, size } of network.tensors) {
    if (kind !== 'weight') continue;
    weights += size;
    for (const value of used.subarray(offset, offset + size)) if (value === 0) zeros++;
  }
  return zeros / weights;
}

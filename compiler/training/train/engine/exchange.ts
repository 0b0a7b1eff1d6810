// SPDX-License-Identifier: Apache-2.0
/**
 * What the threads share: clips, parameters, the batch, and a place for each shard's result. A shard is LANES clips;
 * which clips make a shard depends on the batch alone, and each shard has its own place, so that it does not matter
 * which thread computes it.
 */
import type { LossRules } from '../loss.ts';
import type { LayerShape, Network } from '../network.ts';
import { LANES } from '../wasm/matrix.ts';
import type { ClipArrays, ShardMachine } from './shard.ts';

/** Everything here lies in SharedArrayBuffers. */
export interface Exchange {
  /** Int32 words, see the constants below. */
  readonly control: Int32Array;
  readonly clips: ClipArrays;
  /** network.size, as the passes use them. */
  readonly parameters: Float32Array;
  /** The batch: as in ShardInput, shard after shard. */
  readonly indices: Int32Array;
  readonly initial: Float32Array;
  readonly shares: Float32Array;
  /** By layer: derivative of the loss by an event. */
  readonly pressures: Float32Array;
  /** By shard: loss, correct, then the events of each layer. */
  readonly results: Float64Array;
  /** By shard: network.size. */
  readonly gradients: Float32Array;
}

/** What a thread starts from. */
export interface WorkerInit {
  readonly shapes: readonly LayerShape[];
  readonly rules: LossRules;
  readonly steps: number;
  readonly exchange: Exchange;
}

/** Words of `control`. */
export const CONTROL = {
  /** Number of the batch; rises before its first shard can be claimed. */
  generation: 0,
  /** Unclaimed shards; below 1: none. */
  unclaimed: 1,
  /** Shards that are computed; the main thread sleeps on it. */
  done: 2,
  /** Clips of the batch. */
  count: 3,
  /** 1: gradients, 0: loss only. */
  backward: 4,
  /** 1: a thread failed. */
  failed: 5,
  /** Shards of this batch that others than the main thread computed. */
  helped: 6,
  /** Rises once the shards can be claimed; threads sleep on it. */
  wake: 7,
  words: 8,
} as const;

export function shared(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes);
}

/** Numbers that a shard gives. */
export function resultsOf({ layers }: Network): number {
  return 2 + layers.length;
}

/** @param batch largest number of clips at once */
export function newExchange(network: Network, clips: ClipArrays, batch: number): Exchange {
  const shards = Math.ceil(batch / LANES);
  return {
    control: new Int32Array(shared(4 * CONTROL.words)),
    clips,
    parameters: new Float32Array(shared(4 * network.size)),
    indices: new Int32Array(shared(4 * batch)),
    initial: new Float32Array(shared(4 * batch * network.states)),
    shares: new Float32Array(shared(4 * batch)),
    pressures: new Float32Array(shared(4 * network.layers.length)),
    results: new Float64Array(shared(8 * resultsOf(network) * shards)),
    gradients: new Float32Array(shared(4 * shards * network.size)),
  };
}

/**
 * Computes shards until none is left.
 * @param loaded the batch whose parameters the machine holds
 * @param helper not the main thread
 * @returns the batch whose parameters it holds now
 */
export function work(
  exchange: Exchange,
  network: Network,
  machine: ShardMachine,
  loaded: number,
  helper: boolean,
): number {
  const { control } = exchange;
  let holds = loaded;
  for (;;) {
    // Counting down to zero: a thread that comes late from the batch before can only find none left, or a shard of
    // the new batch, whose data are complete by then.
    const claimed = Atomics.sub(control, CONTROL.unclaimed, 1);
    if (claimed < 1) return holds;
    const generation = Atomics.load(control, CONTROL.generation);
    if (holds !== generation) machine.setParameters(exchange.parameters);
    holds = generation;
    computeShard(exchange, network, machine, claimed - 1);
    if (helper) Atomics.add(control, CONTROL.helped, 1);
    Atomics.add(control, CONTROL.done, 1);
    Atomics.notify(control, CONTROL.done);
  }
}

function computeShard(exchange: Exchange, network: Network, machine: ShardMachine, shard: number): void {
  const { control, clips, indices, initial, shares, pressures, results, gradients } = exchange;
  const start = shard * LANES;
  const end = Math.min(start + LANES, Atomics.load(control, CONTROL.count));
  const input = {
    clips: indices.subarray(start, end),
    initial: initial.subarray(start * network.states, end * network.states),
    shares: shares.subarray(start, end),
    pressures,
  };
  const backward = Atomics.load(control, CONTROL.backward) === 1;
  const { loss, correct } = backward ? machine.gradient(clips, input) : machine.forward(clips, input);
  results.set([loss, correct, ...machine.events(end - start)], resultsOf(network) * shard);
  if (backward) gradients.set(machine.gradients, shard * network.size);
}

// SPDX-License-Identifier: Apache-2.0
/**
 * Loss and gradient of batches on all cores. The same parameters and batch give the same bits whatever the number of
 * threads: shards are fixed, and their results are added up in their order by the thread that asked.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { compiled, siblingModule } from '../../../host/pool/pool.ts';
import { at } from '../arrays.ts';
import { type LossRules, UNLABELLED, weightOf } from '../loss.ts';
import type { Network } from '../network.ts';
import { LANES } from '../wasm/matrix.ts';
import { CONTROL, type Exchange, newExchange, resultsOf, shared, type WorkerInit, work } from './exchange.ts';
import { type ClipArrays, ShardMachine } from './shard.ts';

export interface BatchLoss {
  /** Mean over the clips, weighted by their classes' weights. */
  readonly loss: number;
  /** Clips with the right prediction (with per-step labels: sum of the shares of steps). */
  readonly correct: number;
  /** Share of each layer's units that sent an event at a step; 0 for layers that send none. */
  readonly activity: readonly number[];
}

/** Room for clips, shared between threads. */
export function newClips(count: number, steps: number, inputs: number, labelsPerClip: number): ClipArrays {
  return {
    features: new Int16Array(shared(2 * count * steps * inputs)),
    labels: new Int32Array(shared(4 * count * labelsPerClip)).fill(UNLABELLED),
    labelsPerClip,
  };
}

export class Engine {
  readonly #network: Network;
  readonly #rules: LossRules;
  readonly #exchange: Exchange;
  readonly #machine: ShardMachine;
  readonly #workers: readonly Worker[];
  readonly #ready: Promise<unknown>;
  readonly #batch: number;
  readonly #steps: number;
  #holds = -1;
  #failure: unknown = null;

  /**
   * @param clips from newClips(); may be rewritten between batches
   * @param batch largest number of clips at once
   * @param threads more than one only where the compiled sources are there to start them from
   */
  constructor(
    network: Network,
    rules: LossRules,
    steps: number,
    clips: ClipArrays,
    batch: number,
    threads = availableParallelism(),
  ) {
    this.#network = network;
    this.#rules = rules;
    this.#batch = batch;
    this.#steps = steps;
    this.#exchange = newExchange(network, clips, batch);
    this.#machine = new ShardMachine(network, rules, steps);
    const module = threads > 1 ? compiled(siblingModule('worker', import.meta.url)) : null;
    const shapes = network.layers.map(({ shape }) => shape);
    const workerData: WorkerInit = { shapes, rules, steps, exchange: this.#exchange };
    const count = module === null ? 0 : threads - 1;
    this.#workers = Array.from({ length: count }, () => new Worker(module ?? '', { workerData }));
    this.#ready = Promise.all(this.#workers.map((worker) => this.#started(worker)));
    // Who does not wait for ready() learns of a failure with the next batch.
    this.#ready.catch(() => {});
  }

  #started(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      worker.on('message', () => resolve());
      worker.on('error', (error) => {
        this.#failure = error;
        reject(error);
      });
    });
  }

  get threads(): number {
    return this.#workers.length + 1;
  }

  /** Shards of the last batch that other threads computed. */
  get helped(): number {
    return Atomics.load(this.#exchange.control, CONTROL.helped);
  }

  /** All threads run; batches may be asked for before. */
  async ready(): Promise<void> {
    await this.#ready;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /**
   * @param parameters as the passes use them
   * @param indices of the batch's clips
   * @param initial states before the first step, network.states per clip
   * @param gradient where the derivative of the loss goes: network.size
   * @param pressures derivative of the loss by every event, layer by layer; empty: 0
   */
  gradient(
    parameters: Float32Array,
    indices: Int32Array,
    initial: Float32Array,
    gradient: Float32Array,
    pressures: readonly number[] = [],
  ): BatchLoss {
    this.#exchange.pressures.fill(0).set(pressures);
    const total = this.#totalWeight(indices);
    const result = this.#run(parameters, indices, initial, total, true);
    const shards = Math.ceil(indices.length / LANES);
    const { size } = this.#network;
    const { gradients } = this.#exchange;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let shard = 0; shard < shards; shard++) sum += at(gradients, shard * size + i);
      gradient[i] = sum;
    }
    return result;
  }

  /** Mean loss and number of right clips, from the states that the chip starts from: zero. */
  evaluate(parameters: Float32Array, indices: Int32Array): BatchLoss {
    const total = this.#totalWeight(indices);
    let loss = 0;
    let correct = 0;
    const activity = new Float64Array(this.#network.layers.length);
    for (let start = 0; start < indices.length; start += this.#batch) {
      const part = indices.subarray(start, start + this.#batch);
      const initial = new Float32Array(part.length * this.#network.states);
      const result = this.#run(parameters, part, initial, total, false);
      loss += result.loss;
      correct += result.correct;
      result.activity.forEach((share, i) => {
        activity[i] = at(activity, i) + (share * part.length) / indices.length;
      });
    }
    return { loss, correct, activity: [...activity] };
  }

  #totalWeight(indices: Int32Array): number {
    let total = 0;
    for (const clip of indices) total += this.#weight(clip);
    return total;
  }

  /** With per-step labels the classes' weights act inside the clip's loss, and every clip counts as one. */
  #weight(clip: number): number {
    const { labels, labelsPerClip } = this.#exchange.clips;
    return labelsPerClip === 1 ? weightOf(this.#rules, labels[clip] ?? UNLABELLED) : 1;
  }

  #run(
    parameters: Float32Array,
    indices: Int32Array,
    initial: Float32Array,
    total: number,
    backward: boolean,
  ): BatchLoss {
    if (indices.length > this.#batch) throw new Error(`a batch has at most ${this.#batch} clips`);
    const exchange = this.#exchange;
    const { control, results } = exchange;
    const shards = Math.ceil(indices.length / LANES);
    exchange.parameters.set(parameters);
    exchange.indices.set(indices);
    exchange.initial.set(initial);
    // The weight of a clip's class is in its loss already.
    exchange.shares.fill(total > 0 ? 1 / total : 0);
    Atomics.store(control, CONTROL.count, indices.length);
    Atomics.store(control, CONTROL.backward, backward ? 1 : 0);
    Atomics.store(control, CONTROL.done, 0);
    Atomics.add(control, CONTROL.generation, 1);
    Atomics.store(control, CONTROL.helped, 0);
    Atomics.store(control, CONTROL.unclaimed, shards);
    Atomics.add(control, CONTROL.wake, 1);
    Atomics.notify(control, CONTROL.wake);
    this.#finish(shards);
    const width = resultsOf(this.#network);
    const sum = (column: number) => {
      let total = 0;
      for (let shard = 0; shard < shards; shard++) total += at(results, width * shard + column);
      return total;
    };
    const activity = this.#network.layers.map(
      ({ shape }, i) => sum(2 + i) / (indices.length * this.#steps * shape.units),
    );
    return { loss: sum(0), correct: sum(1), activity };
  }

  #finish(shards: number): void {
    const { control } = this.#exchange;
    this.#holds = work(this.#exchange, this.#network, this.#machine, this.#holds, false);
    for (;;) {
      const done = Atomics.load(control, CONTROL.done);
      if (Atomics.load(control, CONTROL.failed) === 1)
        throw this.#failure ?? new Error('a training thread failed');
      if (done >= shards) return;
      Atomics.wait(control, CONTROL.done, done);
    }
  }
}

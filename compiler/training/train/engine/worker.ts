// SPDX-License-Identifier: Apache-2.0
/** A thread that helps with the shards of every batch, and sleeps in between. */
import { parentPort, workerData } from 'node:worker_threads';
import { networkOf } from '../network.ts';
import { CONTROL, type WorkerInit, work } from './exchange.ts';
import { ShardMachine } from './shard.ts';

const { shapes, rules, steps, exchange }: WorkerInit = workerData;
const { control } = exchange;
const network = networkOf(shapes);
const machine = new ShardMachine(network, rules, steps);
parentPort?.postMessage('ready');

try {
  for (let holds = -1; ; ) {
    const wake = Atomics.load(control, CONTROL.wake);
    holds = work(exchange, network, machine, holds, true);
    Atomics.wait(control, CONTROL.wake, wake);
  }
} catch (error) {
  // The main thread may be asleep until the claimed shard is done: wake it, so that it can report the failure.
  Atomics.store(control, CONTROL.failed, 1);
  Atomics.add(control, CONTROL.done, 1);
  Atomics.notify(control, CONTROL.done);
  throw error;
}

// SPDX-License-Identifier: Apache-2.0
/** The thread's side of pool.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { setStrict, takeNotes } from '../notes/notes.ts';
import { type Answer, pack, type Task, type WorkerData } from './pool.ts';

const { task, init, strict }: WorkerData = workerData;
setStrict(strict);
const module: { default: Task<unknown, unknown, unknown> } = await import(task);
const run = module.default(init);

parentPort?.on('message', async (items: readonly unknown[]) => {
  parentPort?.postMessage(await answer(items));
});

async function answer(items: readonly unknown[]): Promise<Answer<unknown>> {
  const results: unknown[] = [];
  for (const item of items) {
    try {
      results.push(await run(item));
    } catch (error) {
      return { notes: takeNotes(), failedAt: results.length, failure: pack(error) };
    }
  }
  return { notes: takeNotes(), results };
}

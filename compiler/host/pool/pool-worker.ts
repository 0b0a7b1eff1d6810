// SPDX-License-Identifier: Apache-2.0
/** The thread's side of pool.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Answer, pack, type Task } from './pool.ts';

const { task, init }: { task: string; init: unknown } = workerData;
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
      return { failedAt: results.length, failure: pack(error) };
    }
  }
  return { results };
}

// SPDX-License-Identifier: Apache-2.0
/**
 * The same function over many items on all cores. The function is the default export of a module that every thread
 * imports for itself: `export default (init) => (item) => result`. init, items and results must be cloneable.
 */
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { InputError } from '../../core/base/errors.ts';
import { packagePath } from '../files/paths.ts';
import { addNotes, isStrict, type NoteCount } from '../notes/notes.ts';

export type Task<Init, Item, Result> = (init: Init) => (item: Item) => Result | Promise<Result>;

/** The module of that name beside the calling one, with the ending that the calling one has: .ts or .js. */
export function siblingModule(name: string, caller: string): URL {
  return new URL(`./${name}.${caller.endsWith('.ts') ? 'ts' : 'js'}`, caller);
}

/** What a worker answers to a batch: its results, or what its first item that failed threw. */
export type Answer<Result> = { readonly notes: readonly NoteCount[] } & (
  | { readonly results: readonly Result[] }
  | { readonly failedAt: number; readonly failure: Failure }
);

/** What a worker begins with. */
export interface WorkerData {
  readonly task: string;
  readonly init: unknown;
  readonly strict: boolean;
}

/** An error that survives the way between threads with its kind. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  readonly input: {
    readonly subject: string;
    readonly problem: string;
    readonly where: string | undefined;
  } | null;
}

export function pack(error: unknown): Failure {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const input =
    error instanceof InputError
      ? { subject: error.subject, problem: error.problem, where: error.where }
      : null;
  return { message, stack, input };
}

function unpack({ message, stack, input }: Failure): Error {
  const error =
    input === null ? new Error(message) : new InputError(input.subject, input.problem, input.where);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** Largest number of items that go to a worker at once: few enough to share the work out evenly. */
const BATCH = 16;

/**
 * @param module the task's file: siblingModule('x-task', import.meta.url)
 * @param onDone called with the number of items done so far
 * @param onResult called with every result, as it comes
 * @returns the results in the order of the items
 * @throws what the task threw for the lowest item that failed
 */
export async function mapParallel<Init, Item, Result>(
  module: URL,
  init: Init,
  items: readonly Item[],
  onDone: (done: number) => void = () => {},
  onResult: (index: number, result: Result) => void = () => {},
): Promise<Result[]> {
  const built = compiled(module);
  const batch = Math.max(1, Math.min(BATCH, Math.floor(items.length / (16 * availableParallelism()))));
  const threads = Math.min(availableParallelism(), Math.ceil(items.length / batch));
  if (built === null || threads < 2) return here(module, init, items, onDone, onResult);

  const results: Result[] = new Array(items.length);
  let next = 0;
  let done = 0;
  let failedAt = Number.POSITIVE_INFINITY;
  let failure: Failure | null = null;

  const serve = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      let at = 0;
      const feed = () => {
        // Batches go out in order: once one failed, everything below it is done or under way.
        if (next >= items.length || failure !== null) return resolve();
        at = next;
        next = Math.min(items.length, at + batch);
        worker.postMessage(items.slice(at, next));
      };
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`a worker ended early with code ${code}`)));
      worker.on('message', (answer: Answer<Result>) => {
        addNotes(answer.notes);
        if ('failure' in answer) {
          if (at + answer.failedAt < failedAt) {
            failedAt = at + answer.failedAt;
            failure = answer.failure;
          }
        } else {
          answer.results.forEach((result, i) => {
            results[at + i] = result;
            onResult(at + i, result);
          });
          onDone((done += answer.results.length));
        }
        feed();
      });
      feed();
    });

  const workers = Array.from({ length: threads }, () => startWorker(built, init));
  try {
    await Promise.all(workers.map(serve));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  if (failure !== null) throw unpack(failure);
  return results;
}

function startWorker(task: URL, init: unknown): Worker {
  const workerData: WorkerData = { task: task.href, init, strict: isStrict() };
  return new Worker(new URL('./host/pool/pool-worker.js', distFolder), { workerData });
}

async function here<Init, Item, Result>(
  module: URL,
  init: Init,
  items: readonly Item[],
  onDone: (done: number) => void,
  onResult: (index: number, result: Result) => void,
): Promise<Result[]> {
  const { default: task }: { default: Task<Init, Item, Result> } = await import(module.href);
  const run = task(init);
  const results: Result[] = [];
  for (const item of items) {
    const result = await run(item);
    onDone(results.push(result));
    onResult(results.length - 1, result);
  }
  return results;
}

const distFolder = new URL(`${pathToFileURL(packagePath('build', 'dist')).href}/`);

/**
 * The JavaScript that a thread can load for a module: itself, or where this runs from TypeScript sources (tests) its
 * counterpart in build/dist, as long as no source is newer. null: there is none, the work has to be done here.
 */
export function compiled(module: URL): URL | null {
  if (!module.pathname.endsWith('.ts')) return module;
  const sources = packagePath('compiler');
  const name = relative(sources, fileURLToPath(module)).replace(/\.ts$/, '.js');
  const built = new URL(name, distFolder);
  const time = statSync(built, { throwIfNoEntry: false })?.mtimeMs;
  return time !== undefined && newestSource(sources) <= time ? built : null;
}

function newestSource(folder: string): number {
  const times = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => statSync(`${folder}/${name}`).mtimeMs);
  return Math.max(...times);
}

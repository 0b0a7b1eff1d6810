// SPDX-License-Identifier: Apache-2.0
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { compiled, mapParallel } from '../../compiler/host/pool/pool.ts';
import { lacking } from '../support/needs.ts';

let folder = '';
beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'egru-pool-'));
  const errors = pathToFileURL(packagePath('build/dist/core/base/errors.js')).href;
  const source = fs.readFileSync(new URL('./square-task.ts', import.meta.url), 'utf8');
  const javascript = source
    .replace("'../../compiler/core/base/errors.ts'", `'${errors}'`)
    .replaceAll(': number', '')
    .replace('(base)', 'base')
    .replace('(item)', 'item');
  fs.writeFileSync(join(folder, 'square-task.mjs'), javascript);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const items = Array.from({ length: 500 }, (_, i) => i);

describe.each([
  ['in this thread', () => new URL('./square-task.ts', import.meta.url), false],
  ['in worker threads', () => pathToFileURL(join(folder, 'square-task.mjs')), true],
])('%s', (_, task, threaded) => {
  it.skipIf(threaded && lacking('build'))('keeps the order of the items', async () => {
    const done: number[] = [];
    const results = await mapParallel(task(), 3, items, (n) => done.push(n));
    expect(results).toEqual(items.map((item) => 9 + item));
    expect(done[done.length - 1]).toBe(500);
  });

  it.skipIf(threaded && lacking('build'))('throws what the lowest failing item threw', async () => {
    const failing = items.map((item) => (item === 450 ? -2 : item === 210 || item === 400 ? -1 : item));
    const error = await mapParallel(task(), 3, failing).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ message: 'item: is -1 (here)' });
    failing[5] = -2;
    await expect(mapParallel(task(), 3, failing)).rejects.toThrow('a defect');
    await expect(mapParallel(task(), 3, failing)).rejects.not.toBeInstanceOf(InputError);
  });

  it.skipIf(threaded && lacking('build'))('whichever thread is the first to fail', async () => {
    // The first batches, 16 items at most, go to different threads.
    const failing = (low: number, high: number) => items.map((i) => (i === 1 ? low : i === 20 ? high : i));
    await expect(mapParallel(task(), 3, failing(-1, -3))).rejects.toThrow('item: is -1');
    await expect(mapParallel(task(), 3, failing(-3, -1))).rejects.toThrow('a defect');
  });

  it.skipIf(threaded && lacking('build'))('does nothing with nothing', async () => {
    expect(await mapParallel(task(), 3, [])).toEqual([]);
  });
});

it('takes built JavaScript as it is, and none for a source that was not built', () => {
  const javascript = pathToFileURL('/x/task.js');
  expect(compiled(javascript)).toBe(javascript);
  expect(compiled(new URL('./square-task.ts', import.meta.url))).toBeNull();
});

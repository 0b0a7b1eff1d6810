// SPDX-License-Identifier: Apache-2.0
/** Many recordings rewritten into one folder, on all cores. */
import { dirname, join, relative } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { makeFolder } from '../../host/files/files.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { Converted, ConvertItem, ConvertRules } from './convert-task.ts';

export interface ConvertFile {
  readonly from: string;
  /** Relative to the folder, with `/`. */
  readonly name: string;
}

export interface Conversion {
  readonly written: number;
  /** Seconds of sound before and after. */
  readonly before: number;
  readonly after: number;
  /** Names of those in which no word was found. */
  readonly whole: readonly string[];
  readonly unusable: readonly { readonly name: string; readonly problem: string }[];
}

/**
 * @param folder empty, and not yet in its place (base/whole-folder.ts)
 * @throws InputError where two files would have the same name, or not one can be used
 */
export async function convertInto(
  folder: string,
  files: readonly ConvertFile[],
  rules: ConvertRules,
  onDone: (done: number) => void = () => {},
): Promise<Conversion> {
  const items = files.map(({ from, name }): ConvertItem => ({ from, to: join(folder, name) }));
  const seen = new Set<string>();
  for (const { to } of items) {
    const way = relative(folder, to).split(/[/\\]/);
    if (way[0] === '..' || way[0] === '') throw new Error(`${to} is not inside ${folder}`);
    if (seen.has(to)) throw new InputError(way.join('/'), 'two recordings would be written under this name');
    seen.add(to);
  }
  for (const each of new Set(items.map(({ to }) => dirname(to)))) makeFolder(each);
  const task = siblingModule('convert-task', import.meta.url);
  const results = await mapParallel<ConvertRules, ConvertItem, Converted>(task, rules, items, onDone);
  const named = results.map((result, i) => ({ ...result, name: files[i]?.name ?? '' }));
  const unusable = named.flatMap(({ name, problem }) => (problem === null ? [] : [{ name, problem }]));
  const [first] = unusable;
  if (first !== undefined && unusable.length === files.length)
    throw new InputError(first.name, first.problem);
  return {
    written: files.length - unusable.length,
    before: results.reduce((sum, { before }) => sum + before, 0),
    after: results.reduce((sum, { after }) => sum + after, 0),
    whole: named.filter(({ whole }) => whole).map(({ name }) => name),
    unusable,
  };
}

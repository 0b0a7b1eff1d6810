// SPDX-License-Identifier: Apache-2.0
/** The table beside synthetic recordings: which ones they are, where the word is in each, and how they were made. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Papa from 'papaparse';
import { InputError } from '../../core/base/errors.ts';
import type { SpokenPart } from './entry.ts';
import { readManifest } from './manifest.ts';

export const SYNTHETIC = 'synthetic.tsv';

/** A row; decimals are rounded. */
export interface SyntheticRow {
  readonly file: string;
  readonly label: string;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  readonly text: string;
  readonly engine: string;
  readonly voice: string;
  readonly seed: number;
  readonly rate: number;
  readonly pitch: number;
  readonly tract: number;
  readonly level: number;
  readonly before: number;
  readonly after: number;
}

export function syntheticTable(rows: readonly SyntheticRow[]): string {
  const rounded = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        key,
        typeof value === 'number' ? Number(value.toFixed(4)) : value,
      ]),
    ),
  );
  return `${Papa.unparse(rounded, { delimiter: '\t', newline: '\n' })}\n`;
}

/** Where the word is in a file, or in no file that is synthetic. */
export type SpokenIn = (file: string) => SpokenPart | undefined;

/**
 * The synthetic recordings of a dataset, or of one label's folder: those that the table in it, or beside it, names.
 * @throws InputError for a table that cannot be read
 */
export function syntheticIn(folder: string): SpokenIn {
  const parts = new Map([dirname(resolve(folder)), resolve(folder)].flatMap(partsOf));
  return (file) => (parts.size === 0 ? undefined : parts.get(resolve(file)));
}

function partsOf(folder: string): [string, SpokenPart][] {
  const path = join(folder, SYNTHETIC);
  if (!existsSync(path)) return [];
  return readManifest(path, {}).map(({ name, fields }) => {
    const [start, end] = ['start', 'end'].map((column) => Number(fields.get(column) ?? Number.NaN));
    if (start === undefined || end === undefined || !(start >= 0 && end > start)) {
      throw new InputError(path, 'start and end are not seconds of a recording', name);
    }
    return [join(folder, name), { start, end }];
  });
}

/**
 * Which files of a background are its hours: those that are not synthetic, or where there are no others all of them.
 * Synthetic ones are clips like the words: each trains in every epoch, and no threshold rests on them.
 */
export function ofPeople(folder: string, files: readonly string[]): readonly string[] {
  const people = peopleAmong(folder, files);
  return people.length === 0 ? files : people;
}

/** Those files of a folder that are not synthetic. */
export function peopleAmong(folder: string, files: readonly string[]): readonly string[] {
  const spokenIn = syntheticIn(folder);
  return files.filter((file) => spokenIn(file) === undefined);
}

/** What of the word's surroundings stays: seconds. */
const MARGIN = 0.05;

/** The word of a synthetic recording, whose pauses would otherwise count as a part of it. */
export function cutToWord(samples: Int16Array, sampleRate: number, { start, end }: SpokenPart): Int16Array {
  const at = (seconds: number) => Math.round(Math.max(0, seconds) * sampleRate);
  return samples.subarray(at(start - MARGIN), at(end + MARGIN));
}

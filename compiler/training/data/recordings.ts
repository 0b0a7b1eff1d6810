// SPDX-License-Identifier: Apache-2.0

import type { Note } from '../../core/audio/source.ts';
import { InputError } from '../../core/base/errors.ts';
import { readSound } from '../../host/audio/sound-file.ts';
import type { Entry } from './entry.ts';

export interface Recording {
  readonly entry: Entry;
  /** 16-bit mono. */
  readonly samples: Int16Array;
  /** What the reader had to assume. */
  readonly notes: readonly Note[];
  /** The rate that was asked for, or the file's own. */
  readonly sampleRate: number;
}

export interface Unusable {
  readonly entry: Entry;
  readonly error: InputError;
}

export interface Recordings {
  readonly usable: readonly Recording[];
  readonly unusable: readonly Unusable[];
}

/**
 * @param sampleRate null: as it is in the file
 * @throws InputError where it cannot be used, longer than an hour included
 */
export async function readRecording(entry: Entry, sampleRate: number | null): Promise<Recording> {
  return { entry, ...(await readSound(entry.file, sampleRate ?? undefined)) };
}

/** Files between two turns of the event loop. */
const TURN = 32;

/**
 * Opens all files; those that cannot be used are named in the result, or with `strict` the first one ends it.
 * @throws InputError with `strict`, or where not one can be used
 */
export async function loadRecordings(
  entries: readonly Entry[],
  sampleRate: number,
  strict: boolean,
  onDone: (done: number) => void = () => {},
): Promise<Recordings> {
  const keep = (recording: Recording) => recording;
  const { results, unusable } = await eachRecording(entries, sampleRate, strict, keep, onDone);
  return { usable: results, unusable };
}

/**
 * The same one by one: keeps what `use` makes of a recording, and not its samples. There is room for signals in
 * between: thousands of files take a while.
 */
export async function eachRecording<T>(
  entries: readonly Entry[],
  sampleRate: number | null,
  strict: boolean,
  use: (recording: Recording) => T,
  onDone: (done: number) => void = () => {},
): Promise<Opened<T>> {
  const opened = { results: [] as T[], unusable: [] as Unusable[] };
  for (const [i, entry] of entries.entries()) {
    await open(entry, sampleRate, strict, use, opened);
    onDone(i + 1);
    if (i % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return checked(opened);
}

export interface Opened<T> {
  readonly results: readonly T[];
  readonly unusable: readonly Unusable[];
}

async function open<T>(
  entry: Entry,
  sampleRate: number | null,
  strict: boolean,
  use: (recording: Recording) => T,
  { results, unusable }: { readonly results: T[]; readonly unusable: Unusable[] },
): Promise<void> {
  try {
    results.push(use(await readRecording(entry, sampleRate)));
  } catch (error) {
    if (strict || !(error instanceof InputError)) throw error;
    unusable.push({ entry, error });
  }
}

/** @throws InputError where not one file can be used */
function checked<T>(opened: Opened<T>): Opened<T> {
  const [first] = opened.unusable;
  if (opened.results.length === 0 && first !== undefined) throw first.error;
  return opened;
}

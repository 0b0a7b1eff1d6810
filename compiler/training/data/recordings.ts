// SPDX-License-Identifier: Apache-2.0

import { InputError } from '../../core/base/errors.ts';
import { readWav } from '../../host/audio/wav.ts';
import type { Entry } from './entry.ts';

export interface Recording {
  readonly entry: Entry;
  /** 16-bit mono. */
  readonly samples: Int16Array;
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
export function readRecording(entry: Entry, sampleRate: number | null): Recording {
  return { entry, ...readWav(entry.file, sampleRate ?? undefined) };
}

/**
 * Opens all files; those that cannot be used are named in the result, or with `strict` the first one ends it.
 * @throws InputError with `strict`, or where not one can be used
 */
export function readRecordings(
  entries: readonly Entry[],
  sampleRate: number,
  strict: boolean,
  onDone: (done: number) => void = () => {},
): Recordings {
  const keep = (recording: Recording) => recording;
  const { results, unusable } = eachRecording(entries, sampleRate, strict, keep, onDone);
  return { usable: results, unusable };
}

/** The same one by one: keeps what `use` makes of a recording, and not its samples. */
export function eachRecording<T>(
  entries: readonly Entry[],
  sampleRate: number | null,
  strict: boolean,
  use: (recording: Recording) => T,
  onDone: (done: number) => void = () => {},
): Opened<T> {
  const opened = { results: [] as T[], unusable: [] as Unusable[] };
  entries.forEach((entry, i) => {
    open(entry, sampleRate, strict, use, opened);
    onDone(i + 1);
  });
  return checked(opened);
}

/** Files between two turns of the event loop. */
const TURN = 32;

/** All recordings, with room for signals in between: thousands of files take a while. */
export async function loadRecordings(
  entries: readonly Entry[],
  sampleRate: number,
  strict: boolean,
  onDone: (done: number) => void = () => {},
): Promise<Recordings> {
  const opened = { results: [] as Recording[], unusable: [] as Unusable[] };
  for (const [i, entry] of entries.entries()) {
    open(entry, sampleRate, strict, (recording) => recording, opened);
    onDone(i + 1);
    if (i % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const { results, unusable } = checked(opened);
  return { usable: results, unusable };
}

interface Opened<T> {
  readonly results: readonly T[];
  readonly unusable: readonly Unusable[];
}

function open<T>(
  entry: Entry,
  sampleRate: number | null,
  strict: boolean,
  use: (recording: Recording) => T,
  { results, unusable }: { readonly results: T[]; readonly unusable: Unusable[] },
): void {
  try {
    results.push(use(readRecording(entry, sampleRate)));
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

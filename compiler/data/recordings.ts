// SPDX-License-Identifier: Apache-2.0
import { readWav } from '../audio/wav.ts';
import { InputError } from '../base/errors.ts';
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
): { readonly results: readonly T[]; readonly unusable: readonly Unusable[] } {
  const results: T[] = [];
  const unusable: Unusable[] = [];
  entries.forEach((entry, i) => {
    try {
      results.push(use(readRecording(entry, sampleRate)));
    } catch (error) {
      if (strict || !(error instanceof InputError)) throw error;
      unusable.push({ entry, error });
    }
    onDone(i + 1);
  });
  const [first] = unusable;
  if (results.length === 0 && first !== undefined) throw first.error;
  return { results, unusable };
}

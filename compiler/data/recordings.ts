// SPDX-License-Identifier: Apache-2.0
import { readWav } from '../audio/wav.ts';
import { InputError } from '../base/errors.ts';
import type { Entry } from './entry.ts';

export interface Recording {
  readonly entry: Entry;
  /** 16-bit mono at the rate that was asked for. */
  readonly samples: Int16Array;
}

export interface Unusable {
  readonly entry: Entry;
  readonly error: InputError;
}

export interface Recordings {
  readonly usable: readonly Recording[];
  readonly unusable: readonly Unusable[];
}

/** One recording; @throws InputError where it cannot be used, longer than an hour included */
export function readRecording(entry: Entry, sampleRate: number): Recording {
  const { samples } = readWav(entry.file, sampleRate);
  return { entry, samples };
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
  const usable: Recording[] = [];
  const unusable: Unusable[] = [];
  entries.forEach((entry, i) => {
    open(entry, sampleRate, strict, usable, unusable);
    onDone(i + 1);
  });
  return checked(usable, unusable);
}

/** Files between two turns of the event loop. */
const TURN = 32;

/** The same with room for signals in between: thousands of files take a while. */
export async function loadRecordings(
  entries: readonly Entry[],
  sampleRate: number,
  strict: boolean,
  onDone: (done: number) => void = () => {},
): Promise<Recordings> {
  const usable: Recording[] = [];
  const unusable: Unusable[] = [];
  for (const [i, entry] of entries.entries()) {
    open(entry, sampleRate, strict, usable, unusable);
    onDone(i + 1);
    if (i % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return checked(usable, unusable);
}

function open(
  entry: Entry,
  sampleRate: number,
  strict: boolean,
  usable: Recording[],
  unusable: Unusable[],
): void {
  try {
    usable.push(readRecording(entry, sampleRate));
  } catch (error) {
    if (strict || !(error instanceof InputError)) throw error;
    unusable.push({ entry, error });
  }
}

function checked(usable: readonly Recording[], unusable: readonly Unusable[]): Recordings {
  const [first] = unusable;
  if (usable.length === 0 && first !== undefined) throw first.error;
  return { usable, unusable };
}

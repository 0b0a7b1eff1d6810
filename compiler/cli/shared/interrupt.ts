// SPDX-License-Identifier: Apache-2.0
/** Work that ends in good order where others are cut off. */
import { InputError } from '../../core/base/errors.ts';

const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

export interface Interruption {
  readonly signal: AbortSignal;
  /** Exit code that belongs to the signal that came; 0 while none has come. */
  readonly code: number;
}

/**
 * The first SIGINT (Ctrl-C) or SIGTERM aborts the signal that the work is given, a second one ends the process at once.
 * @param onSignal called at the first one
 */
export async function interruptible<T>(
  work: (interruption: Interruption) => Promise<T>,
  onSignal: () => void = () => {},
): Promise<T> {
  const stop = new AbortController();
  const interruption = { signal: stop.signal, code: 0 };
  const restore = Object.entries(CODES).map(([name, code]) => {
    const others = process.listeners(name as NodeJS.Signals);
    const listener = () => {
      if (stop.signal.aborted) return process.exit(code);
      interruption.code = code;
      stop.abort();
      onSignal();
    };
    process.removeAllListeners(name).on(name, listener);
    return () => {
      process.off(name, listener);
      for (const other of others) process.on(name, other);
    };
  });
  try {
    return await work(interruption);
  } finally {
    for (const undo of restore) undo();
  }
}

/**
 * Work that throws when it is asked to stop: the reason of the signal, or an InputError where the user has to know in
 * which state it left things. The exit code becomes the signal's.
 * @returns undefined where that happened
 */
export function unlessInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  return interruptible(async (interruption) => {
    try {
      return await work(interruption.signal);
    } catch (error) {
      const { signal, code } = interruption;
      const isForUser = error instanceof InputError;
      if (code === 0 || !(isForUser || error === signal.reason)) throw error;
      if (isForUser) process.stderr.write(`egru: ${error.message}\n`);
      process.exitCode = code;
      return undefined;
    }
  });
}

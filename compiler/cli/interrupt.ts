// SPDX-License-Identifier: Apache-2.0
/** Work that ends in good order where others are cut off. */

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

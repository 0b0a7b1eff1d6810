// SPDX-License-Identifier: Apache-2.0
/** Waiting while a board talks. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Link } from '../../machines/device/link.ts';

/** The longest delay of a timer, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * Ends after so many seconds, or at the signal. @param seconds Infinity: only at the signal
 * @throws InputError where the board goes away meanwhile
 */
export async function waitWithBoard(link: Link, seconds: number, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const gone = new Promise<never>((_, fail) => {
    link.onLost = fail;
  });
  const time = delay(Math.min(LONGEST, 1000 * seconds), undefined, {
    signal: AbortSignal.any([signal, stop.signal]),
  }).catch(() => {});
  try {
    await Promise.race([time, gone]);
  } finally {
    stop.abort();
    link.onLost = () => {};
  }
}

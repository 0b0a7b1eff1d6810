// SPDX-License-Identifier: Apache-2.0
/** An emulated board that lives beside other work: its time passes in short pieces, as fast as it can or as outside. */
import { setTimeout as delay } from 'node:timers/promises';
import type { EmulatedDevice } from '../emulated/emulated-device.ts';

export interface LiveOptions {
  /** Seconds of the board's time to run for; Infinity: until `signal` aborts. */
  readonly seconds: number;
  /** Not faster than the time outside, so that the other end of its port can keep up. */
  readonly paced: boolean;
  readonly signal?: AbortSignal;
}

/** Milliseconds of the board's time that pass at once: short where somebody waits for its answers. */
const PIECE = 20;
const PACED_PIECE = 4;

/** @throws ChipFault where the firmware does what the chip forbids and nothing handles */
export async function live(board: EmulatedDevice, options: LiveOptions): Promise<void> {
  const { seconds, paced, signal } = options;
  const begin = performance.now();
  const first = board.seconds;
  while (board.seconds - first < seconds && signal?.aborted !== true) {
    const left = 1000 * (seconds - (board.seconds - first));
    board.run(Math.min(paced ? PACED_PIECE : PIECE, left));
    const early = 1000 * (board.seconds - first) - (performance.now() - begin);
    // Without a wait, what came from outside is looked at all the same.
    await delay(paced && early > 1 ? early : 0);
  }
}

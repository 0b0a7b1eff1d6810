// SPDX-License-Identifier: Apache-2.0
/** Recordings: unbroken pieces of the sound at a board's microphone. */
import { InputError } from '../../core/base/errors.ts';
import { BLOCK_SAMPLES } from '../protocol/protocol.ts';
import type { Link } from './link.ts';

/** Milliseconds without a block after which none is expected. */
const PATIENCE = 3000;
/** So often a recording may restart because blocks were missing. */
const TRIES = 3;

export interface TakeOptions {
  /** Samples. */
  readonly length: number;
  /** Blocks of 4 ms that are thrown away first, while filters settle and a person gets ready. */
  readonly skip: number;
  /** Called when it begins, also when it restarts. */
  readonly onBegin: () => void;
  readonly signal: AbortSignal;
}

/**
 * A piece of the sound that the board sends while `record` is on; null: the signal came first.
 * @throws InputError where no sound comes, blocks are missing again and again, or the board goes away
 */
export async function take(link: Link, options: TakeOptions): Promise<Int16Array | null> {
  const { length, onBegin, signal } = options;
  const samples = new Int16Array(length);
  let { skip } = options;
  let filled = 0;
  let next: number | null = null;
  let broken = 0;
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  try {
    return await new Promise((resolve, reject) => {
      // Blocks that came in one piece with the last one are none of this take.
      const done = (result: Int16Array | null) => {
        link.onSound = () => {};
        resolve(result);
      };
      const fail = (error: InputError) => {
        link.onSound = () => {};
        reject(error);
      };
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => fail(new InputError(link.path, 'no sound comes from the board')), PATIENCE);
      };
      wait();
      onAbort = () => done(null);
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort);
      link.onLost = fail;
      link.onSound = (block, piece) => {
        wait();
        if (filled > 0 && block !== next) {
          filled = 0;
          if (++broken >= TRIES)
            return fail(new InputError(link.path, 'blocks of sound are missing: use the USB port'));
        }
        next = block + 1;
        if (skip > 0) {
          skip--;
          return;
        }
        if (filled === 0) onBegin();
        samples.set(piece.subarray(0, Math.min(BLOCK_SAMPLES, length - filled)), filled);
        filled = Math.min(length, filled + BLOCK_SAMPLES);
        if (filled === length) done(samples);
      };
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    link.onSound = () => {};
    link.onLost = () => {};
  }
}

// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../core/base/errors.ts';
import type { PcMicrophone } from './microphone.ts';
import { PC_RATE } from './recorders.ts';

/**
 * A recording through this computer's microphone.
 * @param seconds its length; @param skip seconds that are left out before; @param onBegin called when it begins
 * @returns null where the signal came first; @throws InputError where the sound ends
 */
export async function takePc(
  microphone: PcMicrophone,
  seconds: number,
  skip: number,
  onBegin: () => void,
  signal: AbortSignal,
): Promise<Int16Array | null> {
  const samples = new Int16Array(Math.round(seconds * PC_RATE));
  let left = Math.round(skip * PC_RATE);
  let filled = 0;
  const work = new Promise<Int16Array | null>((done) => {
    if (signal.aborted) done(null);
    signal.addEventListener('abort', () => done(null), { once: true });
    microphone.onSamples = (piece) => {
      const used = piece.subarray(Math.min(left, piece.length));
      left -= piece.length - used.length;
      if (used.length === 0 || filled === samples.length) return;
      if (filled === 0) onBegin();
      samples.set(used.subarray(0, samples.length - filled), filled);
      filled = Math.min(samples.length, filled + used.length);
      if (filled === samples.length) done(samples);
    };
  });
  try {
    const recording = await microphone.during(work);
    if (recording === undefined)
      throw new InputError(microphone.recorder, 'ends before the recording is complete');
    return recording;
  } finally {
    microphone.onSamples = () => {};
  }
}

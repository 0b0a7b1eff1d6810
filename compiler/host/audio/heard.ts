// SPDX-License-Identifier: Apache-2.0
/** Recordings as a feature extractor gets them: read at its rate, or through the microphone of a board. */
import { joined } from '../../core/audio/crop.ts';
import { type CaptureRule, capture, capturedRate } from '../../core/microphone/capture.ts';
import { readSound, withSound } from './sound-file.ts';

/** How recordings are heard. Plain data, so that threads can be told. */
export interface Hearing {
  /** Of the feature extractor, in Hz; microphones deliver about as much. */
  readonly sampleRate: number;
  /** The microphone; null: recordings are converted to the sample rate and heard as they are. */
  readonly microphone: CaptureRule | null;
}

/** @param microphone undefined: none */
export function hearingOf({
  frontend,
  microphone,
}: {
  readonly frontend: { readonly sampleRate: number };
  readonly microphone?: CaptureRule;
}): Hearing {
  return { sampleRate: frontend.sampleRate, microphone: microphone ?? null };
}

/** Samples that the feature extractor gets in a second. */
export function heardRate({ sampleRate, microphone }: Hearing): number {
  return microphone === null ? sampleRate : capturedRate(microphone);
}

/**
 * A recording of any length: `use` gets it piece by piece, in bounded memory.
 * @param secondsAfter of silence behind it; at a microphone alone
 */
export function withHeard<T>(
  path: string,
  { sampleRate, microphone }: Hearing,
  secondsAfter: number,
  use: (pieces: Iterable<Int16Array>) => T,
): Promise<T> {
  if (microphone === null) return withSound(path, sampleRate, (sound) => use(sound.pieces()));
  return withSound(path, undefined, (sound) =>
    use(capture(microphone, sound.sampleRate, sound.pieces(), secondsAfter)),
  );
}

/** A whole recording of at most an hour. */
export async function readHeard(
  path: string,
  { sampleRate, microphone }: Hearing,
  secondsAfter = 0,
): Promise<Int16Array> {
  if (microphone === null) return (await readSound(path, sampleRate)).samples;
  const sound = await readSound(path);
  return joined([...capture(microphone, sound.sampleRate, [sound.samples], secondsAfter)]);
}

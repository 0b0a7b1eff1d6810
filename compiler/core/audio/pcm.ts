// SPDX-License-Identifier: Apache-2.0
/**
 * Recordings as 16-bit mono PCM. The conversion, in this order, rounding once at its end:
 *
 * 1. Samples become numbers in units of one 16-bit step: 8 bits (u - 128) * 256, 16 bits as they are, 24 bits s / 256,
 *    32 bits s / 65536, floats f * 32768, A-law and mu-law by their tables (ITU-T G.711). What is beyond full scale
 *    saturates at -32768 and 32767; NaN and infinity are refused.
 * 2. Channels are mixed down to their mean or, where they cancel one another, to one of them (mix.ts).
 * 3. Another sample rate than the wanted one is converted by a windowed sinc (resample.ts).
 * 4. A constant part is removed (offset.ts), where there is one worth the name.
 * 5. floor(v + 1/2), saturated to -32768 .. 32767.
 *
 * 16-bit mono at the wanted rate without a constant part passes unchanged.
 */
import { InputError } from '../base/errors.ts';
import { mixed, type Survey, survey } from './mix.ts';
import { hasOffset, OffsetRemoval } from './offset.ts';
import { remembered } from './remember.ts';
import { Resampler } from './resample.ts';
import { type Note, Notes, type SoundSource } from './source.ts';

/** What is read into memory as a whole. */
export const MAX_SECONDS = 3600;

/** A recording as 16-bit PCM, mono. */
export interface Sound {
  /** Hz */
  readonly sampleRate: number;
  /** At least one sample. */
  readonly samples: Int16Array;
  /** What the reader had to assume, each kind once. */
  readonly notes: readonly Note[];
}

/** A recording that has been looked at as a whole, and can now be read piece by piece. */
export interface OpenSound {
  readonly sampleRate: number;
  /** Samples that the pieces have in all. */
  readonly length: number;
  readonly notes: readonly Note[];
  /** What the look at all of it told. */
  readonly survey: Survey;
  /** From the start, each time; every piece is valid until the next one is asked for. */
  pieces(): Iterable<Int16Array>;
}

/**
 * Looks at a whole recording, in bounded memory.
 * @param path only for messages; @param sampleRate the wanted rate in Hz; without it the recording's own
 * @throws InputError where it holds no samples
 */
export function openSound(
  path: string,
  given: SoundSource,
  sampleRate: number = given.sampleRate,
): OpenSound {
  const source = remembered(given);
  const own = new Notes();
  const found = survey(source, own);
  const { frames, mean, variance } = found;
  if (frames === 0) throw new InputError(path, 'holds no samples');
  const isOff = hasOffset(mean, variance, frames, source.sampleRate);
  if (isOff) own.add('constant offset', `has a constant offset of ${Math.round(mean)}, which is removed`);
  return {
    sampleRate,
    length: sampleRate === source.sampleRate ? frames : Math.ceil((frames * sampleRate) / source.sampleRate),
    notes: oneOfAKind([...source.notes, ...own.list]),
    survey: found,
    pieces: () => pieces(source, found, sampleRate, isOff),
  };
}

/**
 * A whole recording of at most MAX_SECONDS.
 * @throws InputError where it is longer
 */
export function readAll(path: string, source: SoundSource, sampleRate?: number): Sound {
  if (source.frames !== null) checkLength(path, source.frames / source.sampleRate);
  const opened = openSound(path, source, sampleRate);
  checkLength(path, opened.length / opened.sampleRate);
  const samples = new Int16Array(opened.length);
  let at = 0;
  for (const piece of opened.pieces()) {
    samples.set(piece, at);
    at += piece.length;
  }
  return { sampleRate: opened.sampleRate, samples, notes: opened.notes };
}

/** Numbers in 16-bit steps to 16 bits: floor(v + 1/2), saturated. Fills `pcm`, which is as long at least. */
export function roundPcm(values: Float64Array, pcm: Int16Array): void {
  for (let i = 0; i < values.length; i++) {
    pcm[i] = Math.max(-32768, Math.min(32767, Math.floor((values[i] as number) + 0.5)));
  }
}

function checkLength(path: string, seconds: number): void {
  if (seconds <= MAX_SECONDS) return;
  const problem = `${Math.ceil(seconds)} s long; at most ${MAX_SECONDS} s are read at once`;
  throw new InputError(path, problem);
}

function oneOfAKind(notes: readonly Note[]): Note[] {
  return notes.filter(({ kind }, i) => notes.findIndex((other) => other.kind === kind) === i);
}

function* pieces(
  source: SoundSource,
  { channel, mean }: Survey,
  sampleRate: number,
  isOff: boolean,
): Iterable<Int16Array> {
  const removal = isOff ? new OffsetRemoval(mean) : null;
  let room = new Int16Array(0);
  const round = (values: Float64Array): Int16Array => {
    if (room.length < values.length) room = new Int16Array(values.length);
    if (removal === null) roundPcm(values, room);
    else for (let i = 0; i < values.length; i++) room[i] = removal.next(values[i] as number);
    return room.subarray(0, values.length);
  };
  if (sampleRate === source.sampleRate) {
    for (const block of mixed(source, channel)) yield round(block);
    return;
  }
  const resampler = new Resampler(source.sampleRate, sampleRate);
  for (const block of mixed(source, channel)) {
    const settled = resampler.push(block);
    if (settled.length > 0) yield round(settled);
  }
  yield round(resampler.end());
}

// SPDX-License-Identifier: Apache-2.0
/** From what a synthesizer wrote to a recording: length of the vocal tract, loudness, pauses, one sample rate. */
import { resample } from '../../core/audio/resample.ts';

/** Of the recordings that are written. */
export const SPEECH_RATE = 16_000;

export interface Shape {
  /** Frequencies of the formants, times; above 1 a shorter vocal tract. Speed and pitch move with it. */
  readonly tract: number;
  /** Effective level of the word, decibels below full scale; less where it would be clipped. */
  readonly level: number;
  /** Seconds of silence before and behind it. */
  readonly before: number;
  readonly after: number;
}

export interface Shaped {
  readonly samples: Int16Array;
  /** Where the word is, in seconds. */
  readonly start: number;
  readonly end: number;
}

const PIECE = SPEECH_RATE / 100;
/** Pieces of 10 ms at either end that are so much below the loudest are the synthesizer's silence: 40 dB, as power. */
const SILENT = 1e-4;
const LARGEST = 32_000;

/**
 * @param sampleRate of the samples, Hz
 * @returns null where there is no sound
 */
export function shapeSpeech(
  samples: Int16Array,
  sampleRate: number,
  { tract, level, before, after }: Shape,
): Shaped | null {
  const played = resample(Float64Array.from(samples), Math.round(sampleRate * tract), SPEECH_RATE);
  const word = withoutSilence(played);
  if (word === null) return null;
  let [energy, peak] = [0, 0];
  for (const value of word) {
    energy += value * value;
    peak = Math.max(peak, Math.abs(value));
  }
  const gain = Math.min((32768 * 10 ** (level / 20)) / Math.sqrt(energy / word.length), LARGEST / peak);
  const start = Math.round(before * SPEECH_RATE);
  const output = new Int16Array(start + word.length + Math.round(after * SPEECH_RATE));
  word.forEach((value, i) => {
    output[start + i] = Math.round(gain * value);
  });
  return { samples: output, start: start / SPEECH_RATE, end: (start + word.length) / SPEECH_RATE };
}

function withoutSilence(sound: Float64Array): Float64Array | null {
  const powers = Array.from({ length: Math.floor(sound.length / PIECE) }, (_, i) => {
    let sum = 0;
    for (let at = i * PIECE; at < (i + 1) * PIECE; at++) sum += (sound[at] ?? 0) ** 2;
    return sum / PIECE;
  });
  const loudest = powers.reduce((most, power) => Math.max(most, power), 0);
  if (loudest < 1) return null;
  const loud = (power: number) => power >= SILENT * loudest;
  return sound.subarray(powers.findIndex(loud) * PIECE, (powers.findLastIndex(loud) + 1) * PIECE);
}

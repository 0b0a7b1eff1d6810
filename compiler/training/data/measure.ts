// SPDX-License-Identifier: Apache-2.0
/** What statistics need to know of a recording, so that its samples need not be kept. */
import { createHash } from 'node:crypto';
import type { Note } from '../../core/audio/source.ts';
import { formerRate } from './bandwidth.ts';
import type { Entry } from './entry.ts';
import type { Recording } from './recordings.ts';

export interface Measured {
  readonly entry: Entry;
  readonly sampleRate: number;
  readonly seconds: number;
  /** Effective level in decibels of full scale; null: every sample is zero. */
  readonly level: number | null;
  /** At least CLIPPED_RUN samples in a row stand at an end of the scale. */
  readonly clipped: boolean;
  /** What the reader had to assume. */
  readonly notes: readonly Note[];
  /** Mean of the samples, in 16-bit steps; a constant part that was removed is in the notes. */
  readonly mean: number;
  /** No piece of 16 ms reaches the level at which the detector's voice activity begins by default. */
  readonly quiet: boolean;
  /** The rate in Hz that it was limited to before; null: none that shows. */
  readonly formerRate: number | null;
  /** Of rate and samples: equal for the same sound. */
  readonly digest: string;
}

/** A single sample at the end of the scale may be chance. */
const CLIPPED_RUN = 3;

export function measure({ entry, samples, sampleRate, notes }: Recording): Measured {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const level = effectiveLevel(samples);
  return {
    entry,
    sampleRate,
    seconds: samples.length / sampleRate,
    level: level === 0 ? null : 20 * Math.log10(level),
    clipped: isClipped(samples),
    notes,
    mean: samples.reduce((sum, value) => sum + value, 0) / samples.length,
    quiet: isQuiet(samples, sampleRate),
    formerRate: formerRate(samples, sampleRate),
    digest: createHash('sha256').update(`${sampleRate} `).update(bytes).digest('hex'),
  };
}

/** Root of the mean square, 1 is full scale. */
function effectiveLevel(samples: Int16Array): number {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return Math.sqrt(sum / samples.length) / 32768;
}

function isClipped(samples: Int16Array): boolean {
  let run = 0;
  for (const value of samples) {
    run = value === 32767 || value === -32768 ? run + 1 : 0;
    if (run === CLIPPED_RUN) return true;
  }
  return false;
}

/** defaultVad of core/program: level 32, in frames of 16 ms. */
const LEVEL = 32;
const FRAME_SECONDS = 0.016;

function isQuiet(samples: Int16Array, sampleRate: number): boolean {
  const frame = Math.max(1, Math.round(FRAME_SECONDS * sampleRate));
  for (let at = 0; at + frame <= samples.length; at += frame) {
    let sum = 0;
    for (let i = at; i < at + frame; i++) sum += (samples[i] as number) ** 2;
    if (sum >= LEVEL * LEVEL * frame) return false;
  }
  return true;
}

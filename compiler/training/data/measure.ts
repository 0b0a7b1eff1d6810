// SPDX-License-Identifier: Apache-2.0
/** What statistics need to know of a recording, so that its samples need not be kept. */
import { createHash } from 'node:crypto';
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
  /** Of rate and samples: equal for the same sound. */
  readonly digest: string;
}

/** A single sample at the end of the scale may be chance. */
const CLIPPED_RUN = 3;

export function measure({ entry, samples, sampleRate }: Recording): Measured {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const level = effectiveLevel(samples);
  return {
    entry,
    sampleRate,
    seconds: samples.length / sampleRate,
    level: level === 0 ? null : 20 * Math.log10(level),
    clipped: isClipped(samples),
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

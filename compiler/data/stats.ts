// SPDX-License-Identifier: Apache-2.0
/** What a dataset consists of: labels, lengths, levels, clipping, silence, duplicates, files that cannot be used. */
import { createHash } from 'node:crypto';
import type { Recording, Recordings } from './recordings.ts';

export interface LabelStats {
  readonly label: string;
  readonly recordings: number;
  readonly seconds: number;
  /** Seconds of the shortest, the middle and the longest recording. */
  readonly lengths: { readonly min: number; readonly median: number; readonly max: number };
  /** Effective level in the middle of the recordings, in decibels of full scale; null where all are silent. */
  readonly level: number | null;
}

export interface DatasetStats {
  readonly recordings: number;
  readonly seconds: number;
  readonly labels: readonly LabelStats[];
  /** Names with at least CLIPPED_RUN samples in a row at an end of the scale. */
  readonly clipped: readonly string[];
  /** Names of recordings without a sample but zero. */
  readonly silent: readonly string[];
  /** Groups of names with the same samples. */
  readonly duplicates: readonly (readonly string[])[];
  readonly unusable: readonly { readonly name: string; readonly problem: string }[];
}

/** A single sample at the end of the scale may be chance. */
const CLIPPED_RUN = 3;
const BAR = 40;

export function statsOf({ usable, unusable }: Recordings, sampleRate: number): DatasetStats {
  const byLabel = groupBy(usable, ({ entry }) => entry.label);
  const bySamples = groupBy(usable, ({ samples }) =>
    createHash('sha256')
      .update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
      .digest('hex'),
  );
  const names = (recordings: readonly Recording[]) => recordings.map(({ entry }) => entry.name);
  const total = usable.reduce((sum, { samples }) => sum + samples.length, 0);
  return {
    recordings: usable.length,
    seconds: total / sampleRate,
    labels: [...byLabel].map(([label, recordings]) => labelStats(label, recordings, sampleRate)),
    clipped: names(usable.filter(({ samples }) => isClipped(samples))),
    silent: names(usable.filter(({ samples }) => samples.every((value) => value === 0))),
    duplicates: [...bySamples.values()].filter((group) => group.length > 1).map(names),
    unusable: unusable.map(({ entry, error }) => ({ name: entry.name, problem: error.problem })),
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function labelStats(label: string, recordings: readonly Recording[], sampleRate: number): LabelStats {
  const lengths = sorted(recordings.map(({ samples }) => samples.length / sampleRate));
  const levels = sorted(
    recordings.map(({ samples }) => effectiveLevel(samples)).filter((level) => level > 0),
  );
  const level = middle(levels);
  return {
    label,
    recordings: recordings.length,
    seconds: lengths.reduce((sum, length) => sum + length, 0),
    lengths: { min: lengths[0] ?? 0, median: middle(lengths) ?? 0, max: lengths.at(-1) ?? 0 },
    level: level === null ? null : 20 * Math.log10(level),
  };
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** Of sorted values the one in the middle, the lower of two. */
function middle(values: readonly number[]): number | null {
  return values[Math.floor((values.length - 1) / 2)] ?? null;
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

/** The balance of the labels as bars, one line each. */
export function balancePicture({ labels }: DatasetStats): string {
  const most = Math.max(...labels.map(({ recordings }) => recordings));
  const width = Math.max(...labels.map(({ label }) => label.length));
  const lines = labels.map(({ label, recordings }) => {
    const bar = '#'.repeat(Math.max(1, Math.round((recordings / most) * BAR)));
    return `${label.padEnd(width)}  ${bar.padEnd(BAR)}  ${recordings}`;
  });
  return lines.join('\n');
}

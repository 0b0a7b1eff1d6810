// SPDX-License-Identifier: Apache-2.0
/** What a dataset consists of: labels, lengths, levels, clipping, silence, duplicates, files that cannot be used. */
import type { Entry } from './entry.ts';
import { type Histogram, histogram } from './histogram.ts';
import type { Measured } from './measure.ts';
import type { Unusable } from './recordings.ts';
import type { SplitName, Splits } from './splits.ts';

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
  /** Hz -> recordings that have it. */
  readonly sampleRates: Readonly<Record<string, number>>;
  /** Of all recordings: seconds, and decibels of full scale (without the silent ones). */
  readonly histograms: { readonly seconds: Histogram; readonly levels: Histogram };
  /** Names of recordings that are cut off at the ends of the scale. */
  readonly clipped: readonly string[];
  /** Names of recordings without a sample but zero. */
  readonly silent: readonly string[];
  /** Names of recordings that are not silent, but never reach the level of the detector's voice activity. */
  readonly quiet: readonly string[];
  /** Names of recordings with a constant part, of which a microphone delivers nothing. */
  readonly offset: readonly string[];
  /** Hz that recordings were limited to before -> their names. */
  readonly lowPassed: Readonly<Record<string, readonly string[]>>;
  /** What the reader had to assume -> names. */
  readonly assumed: Readonly<Record<string, readonly string[]>>;
  /** Groups of names with the same samples. */
  readonly duplicates: readonly (readonly string[])[];
  /** Those of them that have several labels. */
  readonly duplicatesAcrossLabels: readonly (readonly string[])[];
  readonly unusable: readonly { readonly name: string; readonly problem: string }[];
}

const BAR = 40;
const LABEL = 24;

export function statsOf(measured: readonly Measured[], unusable: readonly Unusable[]): DatasetStats {
  const byLabel = groupBy(measured, ({ entry }) => entry.label);
  const byRate = groupBy(measured, ({ sampleRate }) => String(sampleRate));
  const bySamples = groupBy(measured, ({ digest }) => digest);
  const names = (some: readonly Measured[]) => some.map(({ entry }) => entry.name);
  return {
    recordings: measured.length,
    seconds: measured.reduce((sum, { seconds }) => sum + seconds, 0),
    labels: [...byLabel].map(([label, some]) => labelStats(label, some)),
    sampleRates: Object.fromEntries([...byRate].map(([rate, some]) => [rate, some.length])),
    histograms: {
      seconds: histogram(measured.map(({ seconds }) => seconds)),
      levels: histogram(measured.flatMap(({ level }) => level ?? [])),
    },
    clipped: names(measured.filter(({ clipped }) => clipped)),
    silent: names(measured.filter(({ level }) => level === null)),
    quiet: names(measured.filter(({ quiet, level }) => quiet && level !== null)),
    offset: names(measured.filter(hasConstantPart)),
    lowPassed: Object.fromEntries(
      [...groupBy(measured, ({ formerRate }) => String(formerRate))]
        .filter(([rate]) => rate !== 'null')
        .map(([rate, some]) => [rate, names(some)]),
    ),
    assumed: assumptions(measured),
    duplicates: [...bySamples.values()].filter((group) => group.length > 1).map(names),
    duplicatesAcrossLabels: [...bySamples.values()]
      .filter((group) => new Set(group.map(({ entry }) => entry.label)).size > 1)
      .map(names),
    unusable: unusable.map(({ entry, error }) => ({ name: entry.name, problem: error.problem })),
  };
}

/** A mean beyond 0.2 % of full scale in a tenth of a second or more is none of the sound. */
const MEAN = 64;
const MEAN_SECONDS = 0.1;

function hasConstantPart({ notes, mean, seconds }: Measured): boolean {
  const removed = notes.some(({ kind }) => kind === 'constant offset');
  return removed || (Math.abs(mean) > MEAN && seconds >= MEAN_SECONDS);
}

function assumptions(measured: readonly Measured[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { entry, notes } of measured) {
    for (const { kind } of notes) {
      const names = (found[kind] ??= []);
      names.push(entry.name);
    }
  }
  return found;
}

/** Groups with the same samples that lie in several splits: what trained would judge. */
export function acrossSplits(
  duplicates: readonly (readonly string[])[],
  { train, validation, test }: Splits,
): readonly (readonly string[])[] {
  const place = new Map<string, SplitName>();
  for (const { name } of train) place.set(name, 'train');
  for (const { name } of validation) place.set(name, 'validation');
  for (const { name } of test) place.set(name, 'test');
  return duplicates.filter((group) => new Set(group.map((name) => place.get(name))).size > 1);
}

/** Names, or groups of them, under what they have in common; without those that are empty. */
export interface NameList {
  readonly title: string;
  readonly items: readonly string[];
}

/** What is wrong with recordings of a dataset, or was assumed of them. */
export function faultsOf(
  stats: DatasetStats,
  duplicatesAcrossSplits: DatasetStats['duplicates'],
): NameList[] {
  const equal = (groups: DatasetStats['duplicates']) => groups.map((group) => group.join(' = '));
  const lists: NameList[] = [
    { title: 'silent', items: stats.silent },
    { title: 'clipped', items: stats.clipped },
    { title: 'next to no sound (VAD inactive)', items: stats.quiet },
    { title: 'constant offset (microphones have none)', items: stats.offset },
    ...Object.entries(stats.lowPassed).map(([rate, items]) => ({
      title: `nothing above ${Number(rate) / 2} Hz: recorded at a lower rate`,
      items,
    })),
    ...Object.entries(stats.assumed).map(([kind, items]) => ({
      title: `assumed while reading: ${kind}`,
      items,
    })),
    { title: 'the same samples', items: equal(stats.duplicates) },
    { title: 'the same samples under several labels', items: equal(stats.duplicatesAcrossLabels) },
    { title: 'the same samples in several splits', items: equal(duplicatesAcrossSplits) },
    { title: 'cannot be used', items: stats.unusable.map(({ name, problem }) => `${name}: ${problem}`) },
  ];
  return lists.filter(({ items }) => items.length > 0);
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

function labelStats(label: string, measured: readonly Measured[]): LabelStats {
  const lengths = sorted(measured.map(({ seconds }) => seconds));
  return {
    label,
    recordings: measured.length,
    seconds: lengths.reduce((sum, length) => sum + length, 0),
    lengths: { min: lengths[0] ?? 0, median: middle(lengths) ?? 0, max: lengths.at(-1) ?? 0 },
    level: middle(sorted(measured.flatMap(({ level }) => level ?? []))),
  };
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** Of sorted values the one in the middle, the lower of two. */
function middle(values: readonly number[]): number | null {
  return values[Math.floor((values.length - 1) / 2)] ?? null;
}

export type SplitCounts = Readonly<Record<SplitName, number>>;

/** Recordings of every split, in all and label by label. */
export interface SplitTable {
  readonly total: SplitCounts;
  readonly labels: readonly ({ readonly label: string } & SplitCounts)[];
}

export function splitTable(labels: readonly string[], { train, validation, test }: Splits): SplitTable {
  const counts = (accept: (entry: Entry) => boolean): SplitCounts => ({
    train: train.filter(accept).length,
    validation: validation.filter(accept).length,
    test: test.filter(accept).length,
  });
  return {
    total: counts(() => true),
    labels: labels.map((label) => ({ label, ...counts((entry) => entry.label === label) })),
  };
}

/** The balance of the labels as bars, one line each of at most 80 columns. */
export function balancePicture({ labels }: DatasetStats): string {
  const most = Math.max(...labels.map(({ recordings }) => recordings));
  const shown = labels.map(({ label }) => shorten(label));
  const width = Math.max(...shown.map((label) => [...label].length));
  const lines = labels.map(({ recordings }, i) => {
    const bar = '#'.repeat(Math.max(1, Math.round((recordings / most) * BAR)));
    const label = shown[i] ?? '';
    return `${label}${' '.repeat(width - [...label].length)}  ${bar.padEnd(BAR)}  ${recordings}`;
  });
  return lines.join('\n');
}

function shorten(label: string): string {
  const points = [...label];
  return points.length <= LABEL ? label : `${points.slice(0, LABEL - 1).join('')}…`;
}

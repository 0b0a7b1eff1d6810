// SPDX-License-Identifier: Apache-2.0
/** What statistics find in recordings: constant parts, next to no sound, lower rates before, duplicates apart. */
import { expect, it } from 'vitest';
import { resample } from '../../compiler/core/audio/resample.ts';
import { formerRate } from '../../compiler/training/data/bandwidth.ts';
import { measure } from '../../compiler/training/data/measure.ts';
import { acrossSplits, statsOf } from '../../compiler/training/data/stats.ts';
import { Random } from '../support/random.ts';

const noise = (n: number, level: number, seed: number) => {
  const random = new Random(seed);
  return Int16Array.from({ length: n }, () => random.between(-level, level));
};
const entryOf = (name: string) => ({ file: name, name, label: name.split('/')[0] ?? '', fields: new Map() });
const measured = (name: string, samples: Int16Array, notes: Parameters<typeof measure>[0]['notes'] = []) =>
  measure({ entry: entryOf(name), samples, sampleRate: 8000, notes });

it('finds the rate that a recording was limited to', () => {
  for (const [from, to] of [
    [8000, 44_100],
    [8000, 16_000],
    [16_000, 48_000],
    [22_050, 44_100],
  ] as const) {
    const before = Float64Array.from(noise(from, 8000, 1));
    const after = Int16Array.from(resample(before, from, to), (value) => Math.round(value));
    expect(formerRate(after, to), `${from} to ${to}`).toBe(from);
  }
  expect(formerRate(noise(44_100, 8000, 2), 44_100)).toBeNull();
  expect(formerRate(new Int16Array(44_100), 44_100)).toBeNull();
  expect(formerRate(noise(100, 8000, 2), 44_100)).toBeNull();
});

it('finds constant parts, next to no sound, what was assumed, and duplicates under several labels', () => {
  const loud = noise(4000, 4000, 3);
  const stats = statsOf(
    [
      measured('a/loud', loud),
      measured('b/same', loud),
      measured('b/same-too', loud),
      measured('a/quiet', noise(4000, 40, 4)),
      measured('a/silent', new Int16Array(4000)),
      measured(
        'a/offset',
        loud.map((value) => value + 200),
      ),
      measured('a/removed', noise(4000, 4000, 5), [{ kind: 'constant offset', text: 'removed' }]),
    ],
    [],
  );
  expect(stats.quiet).toEqual(['a/quiet']);
  expect(stats.silent).toEqual(['a/silent']);
  expect(stats.offset).toEqual(['a/offset', 'a/removed']);
  expect(stats.assumed).toEqual({ 'constant offset': ['a/removed'] });
  expect(stats.duplicatesAcrossLabels).toEqual([['a/loud', 'b/same', 'b/same-too']]);
  const [train, validation] = [[entryOf('a/loud'), entryOf('b/same')], [entryOf('b/same-too')]];
  expect(acrossSplits(stats.duplicates, { train, validation, test: [] })).toEqual(stats.duplicates);
  expect(acrossSplits([['a/loud', 'b/same']], { train, validation, test: [] })).toEqual([]);
});

// SPDX-License-Identifier: Apache-2.0
/** Background that fires in every round of mining. */
import { expect, it } from 'vitest';
import { Suspects } from '../../compiler/training/background/suspects.ts';

const places = (...list: readonly (readonly [frame: number, score: number])[]) => ({
  frames: Int32Array.from(list, ([frame]) => frame),
  scores: Int32Array.from(list, ([, score]) => score),
});

it('are stretches that fired in all rounds, three at least, the strongest first', () => {
  const suspects = new Suspects();
  suspects.add(places([100, 1500], [700, 1200], [20_010, 1900], [5000, 990], [9000, 3000]));
  suspects.add(places([105, 1400], [700, 999], [20_015, 1100], [5000, 1200], [9000, 2000]));
  expect(suspects.strongest(9)).toEqual([]);
  suspects.add(places([119, 1600], [700, 1300], [20_010, 1050], [5000, 1300]));
  // 100, 105 and 119 lie in one second, as do those behind 20,000, where the second part of the background begins.
  expect(suspects.strongest(9)).toEqual([
    { frame: 119, score: 1400 },
    { frame: 20_010, score: 1050 },
  ]);
  expect(suspects.strongest(1)).toHaveLength(1);
  expect(suspects.rounds).toBe(3);
});

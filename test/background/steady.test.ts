// SPDX-License-Identifier: Apache-2.0
/** Background that fires whatever is learnt: named by file and second. */
import { expect, it } from 'vitest';
import type { Frames } from '../../compiler/training/background/frames.ts';
import { steadyPlaces, suspectsOf } from '../../compiler/training/background/steady.ts';

const round = (...places: [frame: number, score: number][]) => ({
  frames: Int32Array.from(places, ([frame]) => frame),
  scores: Int32Array.from(places, ([, score]) => score),
});

it('keeps what fires in every round, a little earlier or later', () => {
  const first = steadyPlaces(null, round([500, 1400], [2000, 1200], [90, 1000], [3000, 999]));
  expect([...first]).toEqual([500, 2000, 90]);
  const second = steadyPlaces(first, round([2040, 1300], [530, 1100], [9000, 1050], [90, 900]));
  expect([...second]).toEqual([2040, 530]);
  expect([...steadyPlaces(second, round([700, 2000]))]).toEqual([]);
});

it('names files and seconds after three rounds', () => {
  // What trains are frames 100 to 199 and 1000 to 4999 of the store; its recordings begin at 0, 1000 and 3000.
  const frames = {
    store: { starts: Int32Array.of(0, 1000, 3000, 5000) },
    pieces: (from: number, _: number, use: (frame: number) => void) =>
      use(from < 100 ? from + 100 : from + 900),
  } as unknown as Frames;
  const name = (rounds: number) =>
    suspectsOf(Int32Array.of(2240, 50, 600), rounds, frames, ['a', 'b', 'c'], 0.016);
  expect(name(2)).toEqual([]);
  expect(name(3)).toEqual([
    { file: 'c', second: 2.2 },
    { file: 'a', second: 2.4 },
    { file: 'b', second: 8 },
  ]);
});

// SPDX-License-Identifier: Apache-2.0
/** Triangles of a mel scale as small integers. */
import { InputError } from '../base/errors.ts';
import {
  BAND_ONE,
  type BandsDefinition,
  type BandsProgram,
  type FrontendDefinition,
  MAX_BAND_WEIGHT,
} from '../program/frontend-program.ts';

/** @throws InputError where the bands do not fit the spectrum, or a band is too wide */
export function quantizeBands(f: FrontendDefinition, { from, to }: BandsDefinition): BandsProgram {
  const half = f.sampleRate / 2;
  if (!(from >= 0 && from < to && to <= half)) {
    const problem = `"bands" must rise within 0 and ${half} Hz, half of the sample rate`;
    throw new InputError('frontend', problem, 'bands');
  }
  const width = f.sampleRate / f.frame;
  const corners = melCorners(f.bins, from, to).map((hertz) => hertz / width);
  const bands = Array.from({ length: f.bins }, (_, i) => triangle(corners, i, f.frame / 2));
  bands.forEach(({ weights }, i) => {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (sum > MAX_BAND_WEIGHT) {
      throw new InputError('frontend', `band ${i} is too wide; "bins" must be larger`, 'bands');
    }
  });
  return {
    first: Uint8Array.from(bands, ({ first }) => first),
    count: Uint8Array.from(bands, ({ weights }) => weights.length),
    weights: Uint8Array.from(bands.flatMap(({ weights }) => weights)),
  };
}

/** `count` + 2 frequencies in Hz, evenly spaced in mel: ends and peaks of triangles that overlap by half. */
export function melCorners(count: number, from: number, to: number): number[] {
  const mel = (hertz: number) => 1127 * Math.log1p(hertz / 700);
  const [low, high] = [mel(from), mel(to)];
  return Array.from({ length: count + 2 }, (_, i) => {
    const place = low + ((high - low) * i) / (count + 1);
    return 700 * Math.expm1(place / 1127);
  });
}

/** In bins. A side narrower than a bin is as wide as one, so that every band holds at least half of a bin. */
function triangle(corners: readonly number[], index: number, bins: number) {
  const [low = 0, peak = 0, high = 0] = corners.slice(index, index + 3);
  const [rise, fall] = [Math.max(1, peak - low), Math.max(1, high - peak)];
  const weight = (bin: number) => {
    const height = bin < peak ? 1 - (peak - bin) / rise : 1 - (bin - peak) / fall;
    return Math.max(0, Math.floor(BAND_ONE * height + 0.5));
  };
  const all = Array.from({ length: bins }, (_, bin) => weight(bin));
  const first = all.findIndex((value) => value > 0);
  const last = all.findLastIndex((value) => value > 0);
  return { first, weights: all.slice(first, last + 1) };
}

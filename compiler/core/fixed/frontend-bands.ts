// SPDX-License-Identifier: Apache-2.0
/** Bands of the spectrum and the level that follows them: twin of runtime-c/frontend/egru_frontend_bands.c. */
import { at, power, split } from './frontend-stages.ts';

const SHIFT = 8;

/** Which bins each band adds up: weights of band after band, at most 256 in each. */
export interface BandTables {
  readonly first: Uint8Array;
  readonly count: Uint8Array;
  readonly weights: Uint8Array;
}

/** How a level follows: rise and fall 0 .. 10, gainShift 0 .. 3, floor and center Q15, 0 .. 32767. */
export interface LevelRules {
  readonly rise: number;
  readonly fall: number;
  readonly gainShift: number;
  readonly floor: number;
  readonly center: number;
}

/**
 * The power of every bin k = 0 .. points - 1, shifted right by 8, in z[2 k]: below 2^24. z: as `pairs` takes it.
 * zeroth: power of bin 0.
 */
export function powers(z: Int32Array, points: number, twiddles: Int32Array, zeroth: number): void {
  const x = new Int32Array(4);
  z[0] = zeroth >>> SHIFT;
  z[points] = power(at(z, points), at(z, points + 1)) >>> SHIFT;
  for (let k = 1; k < points / 2; k++) {
    split(z, k, points, twiddles, x);
    z[2 * k] = power(at(x, 0), at(x, 1)) >>> SHIFT;
    z[2 * (points - k)] = power(at(x, 2), at(x, 3)) >>> SHIFT;
  }
}

/** Power of band `index`, whose weights begin at `weight`: at most 256 (2^24 - 1), a uint32. */
export function bandPower(z: Int32Array, bands: BandTables, index: number, weight: number): number {
  const bin = at(bands.first, index);
  let sum = 0;
  for (let i = 0; i < at(bands.count, index); i++) {
    sum = (sum + Math.imul(at(z, 2 * (bin + i)), at(bands.weights, weight + i))) >>> 0;
  }
  return sum;
}

/** Levels have so many bits behind those of a feature. */
const FRACTION = 12;

/**
 * The level after a frame, from that before it. Q27, 0 .. 32767 * 2^12, so the distance is below 2^27. `feature`: Q15,
 * 0 .. 32767.
 */
export function follow({ rise, fall }: LevelRules, level: number, feature: number): number {
  const distance = (feature << FRACTION) - level;
  return level + (distance >> (distance > 0 ? rise : fall));
}

/** A feature less its level: Q15, 0 .. 32767. Before it is clipped it is within 8 * 32767 + 32767 of 0. */
export function normalized({ gainShift, floor, center }: LevelRules, level: number, feature: number): number {
  const distance = feature - Math.max(level >> FRACTION, floor);
  return Math.max(0, Math.min(32767, (distance << gainShift) + center));
}

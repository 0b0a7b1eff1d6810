// SPDX-License-Identifier: Apache-2.0
/**
 * The feature extractor's stages: twin of runtime-c/frontend/egru_frontend_stages.c. A complex number is two int32
 * elements, real part first; `points` is the length of the complex transform, half the frame. Every product and sum fits
 * an int32 (the bounds are derived in docs/NUMERICS.md), so `Math.imul` and `| 0` never wrap.
 */
import { TWIDDLES_RADIX4_16, TWIDDLES_RADIX4_64 } from './frontend-tables.ts';

/** The radix-4 butterfly, in place on legs of 8 elements: out[k] = sum over legs q of leg[q] * (-j)^(k q). */
function butterfly(leg: Int32Array): void {
  const [ar, ai, br, bi] = [at(leg, 0), at(leg, 1), at(leg, 2), at(leg, 3)];
  const [cr, ci, dr, di] = [at(leg, 4), at(leg, 5), at(leg, 6), at(leg, 7)];
  const sr = (ar + cr) | 0;
  const si = (ai + ci) | 0;
  const tr = (ar - cr) | 0;
  const ti = (ai - ci) | 0;
  const ur = (br + dr) | 0;
  const ui = (bi + di) | 0;
  const vr = (br - dr) | 0;
  const vi = (bi - di) | 0;
  leg[0] = sr + ur;
  leg[1] = si + ui;
  leg[2] = tr + vi;
  leg[3] = ti - vr;
  leg[4] = sr - ur;
  leg[5] = si - ui;
  leg[6] = tr - vi;
  leg[7] = ti + vr;
}

/** Indices here are inside by construction; the `?? 0` is for the type checker. */
export function at(
  values: Int32Array | Int16Array | Uint8Array | Uint16Array | Uint32Array,
  i: number,
): number {
  return values[i] ?? 0;
}

const legs = new Int32Array(8);
/** The order of legs in the windows and in the radix-4 twiddles: leg q stands at place LEG[q]. */
const LEG = Uint8Array.of(0, 3, 1, 2);

/**
 * Window and first radix-4 stage. taps: 2 * points, or null for 2^13 everywhere; order: first legs.
 * Returns the OR over all outputs of x ^ (x >> 31), which has as many bits as the largest magnitude.
 */
export function firstStage(
  z: Int32Array,
  pcm: Int16Array,
  offset: number,
  taps: Int32Array | null,
  order: Uint8Array,
  points: number,
): number {
  let magnitude = 0;
  for (let j = 0; j < points / 4; j++) {
    for (let q = 0; q < 4; q++) {
      const from = offset + 2 * (at(order, j) + q * (points / 4));
      for (let part = 0; part < 2; part++) {
        const tap = taps !== null ? at(taps, 8 * j + 2 * at(LEG, q) + part) : 8192;
        legs[2 * q + part] = Math.imul(at(pcm, from + part), tap); // four of them meet: below 2^31
      }
    }
    butterfly(legs);
    for (let i = 0; i < 8; i++) {
      const x = at(legs, i);
      magnitude |= x ^ (x >> 31);
      z[8 * j + i] = x;
    }
  }
  return magnitude;
}

/** One radix-4 stage that joins four transforms of `size` points into one; |inputs >> normalize| < 2^14.5. */
function radix4(
  z: Int32Array,
  points: number,
  size: number,
  twiddles: Int32Array,
  normalize: number,
  shift: number,
): void {
  const half = 1 << (shift - 1);
  for (let k = 0; k < size; k++) {
    const w = 6 * k;
    for (let block = 0; block < points; block += 4 * size) {
      for (let q = 0; q < 4; q++) {
        const from = 2 * (block + q * size + k);
        const re = at(z, from) >> normalize;
        const im = at(z, from + 1) >> normalize;
        const c = q === 0 ? 16384 : at(twiddles, w + 2 * at(LEG, q) - 2);
        const s = q === 0 ? 0 : at(twiddles, w + 2 * at(LEG, q) - 1);
        const rounding = q === 0 ? half : 0;
        legs[2 * q] = Math.imul(re, c) + Math.imul(im, s) + rounding;
        legs[2 * q + 1] = Math.imul(im, c) - Math.imul(re, s) + rounding;
      }
      butterfly(legs);
      for (let q = 0; q < 4; q++) {
        const to = 2 * (block + q * size + k);
        z[to] = at(legs, 2 * q) >> shift;
        z[to + 1] = at(legs, 2 * q + 1) >> shift;
      }
    }
  }
}

/** Second radix-4 stage: blocks of 16. |inputs >> normalize| <= 2^14; outputs shifted by 16, rounding. */
export function secondStage(z: Int32Array, points: number, normalize: number): void {
  radix4(z, points, 4, TWIDDLES_RADIX4_16, normalize, 16);
}

/** Third radix-4 stage: blocks of 64; inputs of modulus below 2^14.5; outputs shifted by 15. */
export function thirdStage(z: Int32Array, points: number): void {
  radix4(z, points, 16, TWIDDLES_RADIX4_64, 0, 15);
}

/**
 * The feature of a power, Q15. curve: value << 16 | rise, 16 words an octave; origin: index of the segment of power 1;
 * power: any uint32, 0 counts as 1.
 */
export function feature(curve: Uint32Array, origin: number, power: number): number {
  const zeros = Math.clz32(power === 0 ? 1 : power);
  const mantissa = (power === 0 ? 1 : power) << zeros;
  const segment = at(curve, origin + 16 * (31 - zeros) + ((mantissa >>> 27) & 15));
  const fraction = (mantissa >>> 11) & 0xffff;
  return Math.min((segment + Math.imul(segment & 0xffff, fraction)) >>> 16, 32767);
}

/** re^2 + im^2 as a uint32; |re + j im| < 2^16. */
export function power(re: number, im: number): number {
  return (Math.imul(re, re) + Math.imul(im, im)) >>> 0;
}

/**
 * Bins k and points - k of the real transform, for k = first .. last - 1: bin k always, its mirror image when `both`.
 * |Z[k]| < 2^15.5 + 7. twiddles: cos and sin of pi k / points from k = 0 on.
 */
export function pairs(
  z: Int32Array,
  points: number,
  first: number,
  last: number,
  both: boolean,
  twiddles: Int32Array,
  curve: Uint32Array,
  origin: number,
  features: Int16Array,
): void {
  const x = new Int32Array(4);
  for (let k = first; k < last; k++) {
    split(z, k, points, twiddles, x);
    features[k] = feature(curve, origin, power(at(x, 0), at(x, 1)));
    if (both) features[points - k] = feature(curve, origin, power(at(x, 2), at(x, 3)));
  }
}

/** Bins k and points - k of the real transform, real and imaginary part each, into x. 0 < k < points / 2. */
export function split(z: Int32Array, k: number, points: number, twiddles: Int32Array, x: Int32Array): void {
  const [pr, pi] = [at(z, 2 * k), at(z, 2 * k + 1)];
  const [qr, qi] = [at(z, 2 * (points - k)), at(z, 2 * (points - k) + 1)];
  const c = at(twiddles, 2 * k);
  const s = at(twiddles, 2 * k + 1);
  const ar = Math.imul(pr + qr, 16384) + 16384; // even samples, 2^-1 in Q15 added for rounding
  const ai = Math.imul(pi - qi, 16384) + 16384;
  const br = pr - qr; // odd samples, times j
  const bi = pi + qi;
  const tr = Math.imul(bi, c) - Math.imul(br, s);
  const ti = Math.imul(br, c) + Math.imul(bi, s);
  x[0] = (ar + tr) >> 15;
  x[1] = (ai - ti) >> 15;
  x[2] = (ar - tr) >> 15;
  x[3] = (ai + ti) >> 15;
}

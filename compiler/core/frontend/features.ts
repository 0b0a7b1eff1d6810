// SPDX-License-Identifier: Apache-2.0
/** One frame of the feature extractor, stage after stage: twin of runtime-c/frontend/egru_frontend.c. Integers only. */
import { bandPower, powers } from '../fixed/frontend-bands.ts';
import { at, feature, firstStage, pairs, power, secondStage, thirdStage } from '../fixed/frontend-stages.ts';
import * as tables from '../fixed/frontend-tables.ts';
import type { FrontendProgram } from '../program/frontend-program.ts';
import { Normalizer } from './normalizer.ts';

const ORDER = { 64: tables.ORDER_32, 128: tables.ORDER_64, 256: tables.ORDER_128 };
const TWIDDLES = { 64: tables.TWIDDLES_64, 128: tables.TWIDDLES_128, 256: tables.TWIDDLES_256 };
const HANN = { 64: tables.HANN_64, 128: tables.HANN_128, 256: tables.HANN_256 };

/**
 * PCM to Q15 features. Holds scratch memory, so one per thread. Frames do not depend on each other, but with a
 * normalizer, whose levels follow them: then frames come in their order, from reset() on.
 */
export class Frontend {
  readonly #z: Int32Array;
  readonly #normalizer: Normalizer | null;

  constructor(readonly program: FrontendProgram) {
    this.#z = new Int32Array(program.frame);
    this.#normalizer = program.normalizer === null ? null : new Normalizer(program.normalizer);
  }

  /** Before the first frame of a clip or a stream. level: where levels start, Q15, other than at their floor. */
  reset(level?: number): void {
    this.#normalizer?.reset(level);
  }

  /**
   * One frame: reads program.frame samples of pcm from offset on, writes program.bins features, Q15 0 .. 32767.
   * @throws RangeError where the frame does not lie in pcm, or the features have no room
   */
  frame(pcm: Int16Array, offset: number, features: Int16Array): void {
    this.absolute(pcm, offset, features);
    this.normalize(features.subarray(0, this.program.bins));
  }

  /** The rest of a frame after absolute(): in their order. Whole frames, in place. */
  normalize(features: Int16Array): void {
    this.#normalizer?.apply(features);
  }

  /** The same before normalization: depends on no other frame. */
  absolute(pcm: Int16Array, offset: number, features: Int16Array): void {
    const { frame, bins, minShift, curve, bands } = this.program;
    if (offset < 0 || offset + frame > pcm.length)
      throw new RangeError('the frame is not inside the samples');
    if (features.length < bins) throw new RangeError(`${bins} features do not fit`);
    const points = frame / 2;
    const z = this.#z;
    const shift = this.#transform(pcm, offset);
    const origin = 32 * (shift - minShift);
    const twiddles = TWIDDLES[frame];
    if (bands !== null) {
      powers(z, points, twiddles, powerOfReal(at(z, 0) + at(z, 1)));
      let weight = 0;
      for (let i = 0; i < bins; i++) {
        features[i] = feature(curve, origin, bandPower(z, bands, i, weight));
        weight += at(bands.count, i);
      }
      return;
    }

    // Bins 0 and points are real: the sum and the difference of Z[0]'s parts.
    features[0] = feature(curve, origin, powerOfReal(at(z, 0) + at(z, 1)));
    if (bins > points) features[points] = feature(curve, origin, powerOfReal(at(z, 0) - at(z, 1)));
    if (bins > points / 2)
      features[points / 2] = feature(curve, origin, power(at(z, points), at(z, points + 1)));
    // The lowest k whose mirror image is asked for; below it only bin k counts.
    const both = bins < points ? points - bins + 1 : 1;
    const single = Math.min(both, bins, points / 2);
    pairs(z, points, 1, single, false, twiddles, curve, origin, features);
    pairs(z, points, both, points / 2, true, twiddles, curve, origin, features);
  }

  /** The complex transform, in place of z. Returns its block shift. */
  #transform(pcm: Int16Array, offset: number): number {
    const { frame, window, minShift } = this.program;
    const points = frame / 2;
    const z = this.#z;
    const taps = window === 'hann' ? HANN[frame] : null;
    const magnitude = firstStage(z, pcm, offset, taps, ORDER[frame], points);
    const shift = shiftFor(magnitude, 14, minShift);
    secondStage(z, points, shift);
    if (points === 32) {
      radix2(z, points, tables.TWIDDLES_64, 2, 14);
      return shift;
    }
    thirdStage(z, points);
    if (points === 64) return shift;
    radix2(z, points, tables.TWIDDLES_128, 1, 13);
    return shift + renormalize(z, points);
  }
}

/** The least right shift, at least `least`, that brings every value of this magnitude into -2^bits .. 2^bits - 1. */
function shiftFor(magnitude: number, bits: number, least: number): number {
  return Math.max(32 - Math.clz32(magnitude >>> bits), least);
}

/** Bins 0 and points, which are real, reach down to -2^16; their power must stay below 2^32. */
function powerOfReal(x: number): number {
  return power(Math.max(x, -65535), 0);
}

/** Frames of 64 and 256: joins two transforms of points / 2. |inputs| < 2^15.5; outputs shifted by `shift`. */
function radix2(z: Int32Array, points: number, twiddles: Int32Array, stride: number, shift: number): void {
  const half = 1 << (shift - 1);
  for (let k = 0; k < points / 2; k++) {
    const a = 2 * k;
    const b = a + points;
    const c = at(twiddles, 2 * stride * k);
    const s = at(twiddles, 2 * stride * k + 1);
    const [br, bi] = [at(z, b), at(z, b + 1)];
    const tr = Math.imul(br, c) + Math.imul(bi, s);
    const ti = Math.imul(bi, c) - Math.imul(br, s);
    const ar = Math.imul(at(z, a), 16384) + half;
    const ai = Math.imul(at(z, a + 1), 16384) + half;
    z[a] = (ar + tr) >> shift;
    z[a + 1] = (ai + ti) >> shift;
    z[b] = (ar - tr) >> shift;
    z[b + 1] = (ai - ti) >> shift;
  }
}

/** Frames of 256, whose last stage keeps two bits more: shifts the block to just fit the split; returns 0 .. 3. */
function renormalize(z: Int32Array, points: number): number {
  let magnitude = 0;
  for (let i = 0; i < 2 * points; i++) magnitude |= at(z, i) ^ (at(z, i) >> 31);
  const shift = shiftFor(magnitude, 15, 0);
  const half = (1 << shift) >> 1;
  for (let i = 0; i < 2 * points; i++) z[i] = (at(z, i) + half) >> shift;
  return shift;
}

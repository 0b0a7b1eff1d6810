// SPDX-License-Identifier: Apache-2.0
/**
 * Posteriors from logits: a softmax in powers of two. Twin of runtime-c/detect/egru_softmax.c, same names and
 * statements.
 * docs/NUMERICS.md, "Detection", derives the bounds. Numbers here are unsigned below 2^32 unless stated otherwise.
 */

/** Scale of the logits: multiplier 16384 .. 32767, shifts 0 .. 15 and 0 .. 11. Part of a DetectProgram. */
export interface Scale {
  readonly multiplier: number;
  readonly preShift: number;
  readonly postShift: number;
}

/** What the logits of one frame have in common. */
export interface Softmax {
  /** The largest logit, int32. */
  readonly largest: number;
  /** 0 .. 11: left shift that brings the sum of the weights to 2^30 .. 2^31 - 1. */
  readonly shift: number;
  /** floor(2^31 / that sum's upper half). */
  readonly inverse: number;
}

/** round(65535 * 2^(-i / 64)): the factor 65535 / 65536 is common to all weights and cancels. */
export const EXP2_TABLE = Uint16Array.from([
  65535, 64829, 64131, 63440, 62757, 62081, 61412, 60750, 60096, 59449, 58808, 58175, 57548, 56928, 56315,
  55708, 55108, 54515, 53927, 53346, 52772, 52203, 51641, 51085, 50534, 49990, 49452, 48919, 48392, 47871,
  47355, 46845, 46340, 45841, 45347, 44859, 44376, 43898, 43425, 42957, 42494, 42036, 41584, 41136, 40693,
  40254, 39821, 39392, 38967, 38548, 38132, 37722, 37315, 36913, 36516, 36122, 35733, 35348, 34968, 34591,
  34218, 33850, 33485, 33124, 32768,
]);

/**
 * The weight of a logit that lies `distance` below the largest one: 2^20 * 2^(-distance * c / 65536), 0 .. 2^20 - 16,
 * with c = multiplier / 2^(preShift + postShift).
 */
export function weight(scale: Scale, distance: number): number {
  const t = distance >>> scale.preShift;
  if (t > 0x1ffff) return 0; // at least 16 octaves below the largest
  const exponent = Math.imul(t, scale.multiplier) >>> scale.postShift; // t * multiplier < 2^32
  const octave = exponent >>> 16;
  if (octave > 20) return 0;
  const segment = (exponent >>> 10) & 63;
  const value = EXP2_TABLE[segment] ?? 0;
  const fall = value - (EXP2_TABLE[segment + 1] ?? 0); // at most 706
  return ((value << 4) - ((fall * (exponent & 1023)) >> 6)) >> octave;
}

/** floor(2^31 / m) for m = 2^15 .. 2^16, without a division: a straight line, two Newton steps, a correction. */
export function inverse(m: number): number {
  let r = 92521 - (Math.imul(m, 61681) >>> 16); // |2^31 - m r| < 2^31 / 16.9
  let e = (0x80000000 - Math.imul(m, r)) | 0;
  r += Math.imul(e >> 12, r) >> 19;
  e = (0x80000000 - Math.imul(m, r)) | 0; // < 2^31 / 280
  r += Math.imul(e >> 8, r) >> 23;
  e = (0x80000000 - Math.imul(m, r)) | 0;
  while (e < 0) {
    r -= 1;
    e += m;
  }
  while (e >= m) {
    r += 1;
    e -= m;
  }
  return r;
}

/** @param logits int32, 1 .. 1024 of them */
export function softmax(scale: Scale, logits: Int32Array): Softmax {
  let largest = logits[0] ?? 0;
  for (let i = 1; i < logits.length; i++) largest = Math.max(largest, logits[i] ?? 0);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += weight(scale, (largest - (logits[i] ?? 0)) >>> 0);
  // 2^20 - 16 <= sum < 2^30
  let shift = 0;
  while (sum < 1 << 30) {
    sum *= 2;
    shift += 1;
  }
  return { largest, shift, inverse: inverse((sum + 16384) >>> 15) };
}

/** The posterior of one of the logits, Q15, 0 .. 32767. */
export function posterior(scale: Scale, { largest, shift, inverse: r }: Softmax, logit: number): number {
  const w = ((weight(scale, (largest - logit) >>> 0) << shift) + 16384) >>> 15; // at most what was inverted
  const p = (Math.imul(w, r) + 32768) >>> 16; // w * r <= 2^31
  return Math.min(p, 32767);
}

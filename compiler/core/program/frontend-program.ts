// SPDX-License-Identifier: Apache-2.0
/**
 * The feature extractor as the executors need it: twin of struct egru_frontend (runtime-c/frontend/egru_frontend.h).
 * Integers only: gain, divisor, logarithm and clipping are inside the curve; the twiddles and windows depend on no model
 * (compiler/core/fixed/frontend-tables.ts and runtime-c/frontend/egru_frontend_tables.c, generated together).
 */

export type FrameSize = 64 | 128 | 256;

/** Bands instead of single bins: `bins` triangles, evenly spaced in mel between two frequencies. */
export interface BandsDefinition {
  readonly scale: 'mel';
  /** Hz: the lower end of the first triangle and the upper end of the last. */
  readonly from: number;
  readonly to: number;
}

/** What is subtracted from the features: a level that follows them. docs/NUMERICS.md, "Normalization". */
export interface NormalizeDefinition {
  /** A level for each feature, or one for all: that of the loudest. */
  readonly over: 'band' | 'frame';
  /** Of the distance to a louder frame the level takes 2^-rise, to a quieter one 2^-fall. 0 .. 10. */
  readonly rise: number;
  readonly fall: number;
  /** Least level, Q15, 0 .. 32767: what lies below is not lifted. */
  readonly floor: number;
  /** What a feature equal to its level becomes, Q15, 0 .. 32767. */
  readonly center: number;
  /** Times the distance from the level: 1, 2, 4 or 8. */
  readonly gain: number;
}

/** What model.json asked for. For reports, digests and the oracle; executors use the integers below. */
export interface FrontendDefinition {
  readonly sampleRate: number;
  readonly frame: FrameSize;
  readonly hop: number;
  readonly window: 'hann' | 'rect';
  readonly bins: number;
  readonly scale: 'log2' | 'linear';
  readonly gain: number;
  /** Of scale log2; 1 for linear, where it has no meaning. */
  readonly divisor: number;
  /** Absent: the features are those of bins 0 .. bins - 1. */
  readonly bands?: BandsDefinition;
  /** Absent: features are absolute. */
  readonly normalize?: NormalizeDefinition;
}

/** Twin of struct egru_bands: which bins each band adds up, with which weights. */
export interface BandsProgram {
  /** C: first; bin of the first weight of each band. */
  readonly first: Uint8Array;
  /** C: count; weights of each band. */
  readonly count: Uint8Array;
  /** C: weights; band after band, 0 .. 16, in a band at most 256 in all. */
  readonly weights: Uint8Array;
}

/** Twin of struct egru_normalizer. */
export interface NormalizerProgram {
  /** C: levels; how many there are: bins, or 1. */
  readonly levels: number;
  /** C: rise, fall; 0 .. 10. */
  readonly rise: number;
  readonly fall: number;
  /** C: gain_shift; 0 .. 3. */
  readonly gainShift: number;
  /** C: floor, center; Q15, 0 .. 32767. */
  readonly floor: number;
  readonly center: number;
}

/** The feature extractor: its definition, and the constants that follow from it. */
export interface FrontendProgram {
  readonly definition: FrontendDefinition;
  /** C: sample_rate, in Hz. */
  readonly sampleRate: number;
  /** C: frame; samples. */
  readonly frame: FrameSize;
  /** C: hop; samples, 1 .. frame. */
  readonly hop: number;
  /** C: bins; features per frame, 1 .. frame / 2 + 1. */
  readonly bins: number;
  /** C: taps; 'hann' is the address of egru_hann_FRAME, 'rect' is NULL. */
  readonly window: 'hann' | 'rect';
  /** C: min_shift; 0 .. 16. */
  readonly minShift: number;
  /** C: curve; words of value << 16 | rise, curveWords(minShift, frame) of them. */
  readonly curve: Uint32Array;
  /** C: bands; null: NULL, single bins. */
  readonly bands: BandsProgram | null;
  /** C: normalizer; null: NULL. */
  readonly normalizer: NormalizerProgram | null;
}

/** int32 words that egru_frontend_frame needs: twin of EGRU_FRONTEND_SCRATCH_WORDS. */
export function scratchWords(frontend: FrontendProgram | null): number {
  return frontend === null ? 0 : frontend.frame + (frontend.normalizer?.levels ?? 0);
}

/** @param bins features per frame */
export function normalizerOf(n: NormalizeDefinition, bins: number): NormalizerProgram {
  const { rise, fall, floor, center } = n;
  return { levels: n.over === 'band' ? bins : 1, rise, fall, gainShift: Math.log2(n.gain), floor, center };
}

/** The C expression for egru_frontend.taps. */
export function tapsSymbol(program: FrontendProgram): string {
  return program.window === 'hann' ? `egru_hann_${program.frame}` : 'NULL';
}

/** Segments of the curve per octave of power. */
export const CURVE_SEGMENTS = 16;

/** Largest block shift: 17, and up to 3 more in the second normalization of frames of 256. */
export function maxShift(frame: FrameSize): number {
  return frame === 256 ? 20 : 17;
}

/** Words of a curve: it covers every power, 2^0 .. 2^32, at every shift from minShift on. */
export function curveWords(minShift: number, frame: FrameSize): number {
  return (32 + 2 * (maxShift(frame) - minShift)) * CURVE_SEGMENTS;
}

/** Most of the weights of a band together: its powers are 24 bits, their weighted sum 32. */
export const MAX_BAND_WEIGHT = 256;
/** 1.0 as a weight, where a triangle is highest. */
export const BAND_ONE = 16;
/** Power is shifted right by so much before bands add it up. */
export const BAND_SHIFT = 8;
/** Of rise and fall. */
export const MAX_FOLLOW = 10;

/** Largest minShift. */
export const MAX_SHIFT = 16;

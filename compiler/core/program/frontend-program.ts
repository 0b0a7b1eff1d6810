// SPDX-License-Identifier: Apache-2.0
/**
 * The feature extractor as the executors need it: twin of struct egru_frontend (runtime-c/frontend/egru_frontend.h).
 * Integers only: gain, divisor, logarithm and clipping are inside the curve; the twiddles and windows depend on no model
 * (compiler/core/fixed/frontend-tables.ts and runtime-c/frontend/egru_frontend_tables.c, generated together).
 */

export type FrameSize = 64 | 128 | 256;

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

/** Largest minShift. */
export const MAX_SHIFT = 16;

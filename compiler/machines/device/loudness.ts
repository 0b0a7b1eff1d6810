// SPDX-License-Identifier: Apache-2.0
/** How loud a recording of a board is. */

export interface Sound {
  /** RMS and peak of the recording, RMS of its quietest tenth of a second: dB below full scale; null: digital silence. */
  readonly level: number | null;
  readonly peak: number | null;
  readonly floor: number | null;
  /** Mean of the samples. */
  readonly offset: number;
}

/** Seconds of the pieces for the noise floor. */
const PIECE = 0.1;
const FULL_SCALE = 32768;

/** @param samples at 8 kHz */
export function loudness(samples: Int16Array): Sound {
  const decibels = (value: number) => (value === 0 ? null : 20 * Math.log10(value / FULL_SCALE));
  const mean = samples.reduce((sum, value) => sum + value, 0) / Math.max(samples.length, 1);
  const rms = (piece: Int16Array) =>
    Math.sqrt(piece.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(piece.length, 1));
  const length = PIECE * 8000;
  const pieces = Array.from({ length: Math.floor(samples.length / length) }, (_, i) =>
    rms(samples.subarray(i * length, (i + 1) * length)),
  );
  return {
    level: decibels(rms(samples)),
    peak: decibels(samples.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0)),
    floor: decibels(pieces.length === 0 ? 0 : Math.min(...pieces)),
    offset: mean,
  };
}

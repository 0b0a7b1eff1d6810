// SPDX-License-Identifier: Apache-2.0
/** What may happen to a recording before feature extraction. Every part is off where it is null. */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export type NoiseColour = 'white' | 'pink' | 'brown';

export interface AugmentRules {
  /** Any position in the readout's window, instead of the middle. */
  readonly shift: boolean;
  /** Level times 10^u, u uniform. */
  readonly gain: Interval | null;
  /** Played so many times as fast, pitch included. */
  readonly speed: Interval | null;
  /** Noise of an effective level of 10^u of full scale, u uniform; one of the colours. */
  readonly noise: { readonly level: Interval; readonly colours: readonly NoiseColour[] } | null;
  /** A piece of a background recording, so many decibels below the clip's own effective level. */
  readonly background: { readonly probability: number; readonly snr: Interval } | null;
  /**
   * A room that rings for so many seconds (to -60 dB); `wet`: effective level of the reflections by the direct sound's.
   */
  readonly reverberation: {
    readonly probability: number;
    readonly seconds: Interval;
    readonly wet: Interval;
  } | null;
  /** Cut at so much of the clip's own peak. */
  readonly clipping: { readonly probability: number; readonly level: Interval } | null;
}

/** Of the recipe for spoken-digits. */
export const RECIPE: AugmentRules = {
  shift: true,
  gain: { low: -0.5, high: 0.3 },
  speed: { low: 0.88, high: 1.14 },
  noise: { level: { low: -4, high: -2.3 }, colours: ['white'] },
  background: null,
  reverberation: null,
  clipping: null,
};

export const NOTHING: AugmentRules = {
  shift: false,
  gain: null,
  speed: null,
  noise: null,
  background: null,
  reverberation: null,
  clipping: null,
};

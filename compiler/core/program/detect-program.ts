// SPDX-License-Identifier: Apache-2.0
/**
 * Detection in a stream as the executors need it: twin of struct egru_detect (runtime-c/detect/egru_detect.h), integers
 * only. docs/NUMERICS.md, "Detection", defines each number.
 */

/** A label that fires. Thresholds are Q15 smoothed posteriors, the unit of an event's score. */
export interface DetectKeyword {
  /** Index of the label. */
  readonly label: number;
  /** 1 .. 32767: the least smoothed posterior that fires. */
  readonly threshold: number;
  /** 1 .. threshold: after an event the keyword fires again only once its smoothed posterior was below. */
  readonly release: number;
}

/** Voice activity by a frame's energy. */
export interface DetectVad {
  /** 1 .. 32767: root mean square of the least loud frame, in steps of the 16-bit PCM. */
  readonly level: number;
  /** 0 .. 65535: frames that stay open after a loud one. */
  readonly hangover: number;
  /** 1 .. 65535: gated frames in a row after which the network is back at its initial state. */
  readonly reset: number;
}

/** How keywords are found in a stream, in the chip's integers (docs/NUMERICS.md). */
export interface DetectProgram {
  /** Scale of the logits: 16384 .. 32767. */
  readonly multiplier: number;
  /** Right shift before the multiplication, 0 .. 15. */
  readonly preShift: number;
  /** Right shift after the multiplication, 0 .. 11. */
  readonly postShift: number;
  /** 1 .. MAX_WINDOW: frames that the moving average spans. */
  readonly window: number;
  /** 0 .. 65535: frames after an event in which nothing fires. */
  readonly refractory: number;
  /** At least one, by rising label. */
  readonly keywords: readonly DetectKeyword[];
  /** null: every frame is active. */
  readonly vad: DetectVad | null;
}

/** Of a model that detects: this many exponentials of at most 2^20 sum below 2^31. */
export const MAX_DETECT_LABELS = 1024;
/** Frames; 16 s at a hop of 128 samples and 8 kHz. */
export const MAX_WINDOW = 1024;
/** Window x keywords: halfwords of the ring, so that the state's words fit 16 bits. */
export const MAX_RING = 65536;
export const THRESHOLD_MAX = 32767;

/** Of model.json: the exponent of a logit of 1 (32768). 4 is that of a loss on the mean logits times 4. */
export const DEFAULT_SCALE = 4;
export const MIN_SCALE = 0.001;
export const MAX_SCALE = 1000;

/** Default: half of certainty. */
export const DEFAULT_THRESHOLD = 16384;
/** Defaults: half a second and one second. */
const WINDOW_SECONDS = 0.5;
const REFRACTORY_SECONDS = 1;
/**
 * Of the gate by default: -60 dB of full scale, and 0.3 s until it closes, and 0.2 s more until the network forgets.
 */
const VAD_LEVEL = 32;
const HANGOVER_SECONDS = 0.3;
const RESET_SECONDS = 0.2;
/** Of a network that is fed with features, whose frames have no duration. */
const FRAMES = { window: 32, refractory: 64 } as const;

/** Release where model.json gives only a threshold. */
export function defaultRelease(threshold: number): number {
  return Math.max(1, threshold >> 1);
}

/** Window and refractory time by default. */
export function defaultFrames(frontend: Clock | null): {
  readonly window: number;
  readonly refractory: number;
} {
  if (frontend === null) return FRAMES;
  const refractory = framesIn(REFRACTORY_SECONDS, frontend);
  return { window: Math.min(MAX_WINDOW, framesIn(WINDOW_SECONDS, frontend)), refractory };
}

/** Voice activity of models without "detect". */
export function defaultVad(frontend: Clock | null): DetectVad | null {
  if (frontend === null) return null;
  const [hangover, reset] = [framesIn(HANGOVER_SECONDS, frontend), framesIn(RESET_SECONDS, frontend)];
  return { level: VAD_LEVEL, hangover, reset };
}

interface Clock {
  readonly sampleRate: number;
  readonly hop: number;
}

/** 1 .. 65535 whole frames. */
function framesIn(seconds: number, { sampleRate, hop }: Clock): number {
  return Math.max(1, Math.min(65535, Math.floor((seconds * sampleRate) / hop)));
}

/** int32 words of detection state: twin of EGRU_DETECT_WORDS. */
export function detectWords({ keywords, window }: DetectProgram): number {
  return 4 + 2 * keywords.length + Math.ceil((keywords.length * window) / 2);
}

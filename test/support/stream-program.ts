// SPDX-License-Identifier: Apache-2.0
/** Programs that listen to streams, and sounds that make them fire. */
import type { DetectProgram } from '../../compiler/core/program/detect-program.ts';
import type { FrameSize } from '../../compiler/core/program/frontend-program.ts';
import type { StreamProgram } from '../../compiler/core/program/program.ts';
import { outputsOf, type Program } from '../../compiler/core/program/program.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { Random } from './random.ts';
import { programOf } from './random-program.ts';

/** Detection of random numbers: low thresholds, short windows, so that things happen. */
export function randomDetect(seed: number, outputs: number, sound: boolean): DetectProgram {
  const random = new Random(seed);
  const chosen = Array.from({ length: outputs }, (_, label) => label).filter(() => random.chance(0.7));
  const labels = chosen.length === 0 ? [outputs - 1] : chosen;
  const vad = {
    level: random.pick([1, 300, 4000, 32767]),
    hangover: random.between(0, 4),
    reset: random.between(1, 5),
  };
  return {
    multiplier: random.between(16384, 32767),
    preShift: random.pick([0, 0, 3, 8, 15]),
    postShift: random.pick([0, 7, 11, 11]),
    window: random.pick([1, 2, 3, 7, 16]),
    refractory: random.between(0, 5),
    keywords: labels.map((label) => {
      const threshold = random.pick([1, 500, 8000, 16384, 30000, 32767]);
      return { label, threshold, release: random.between(1, threshold) };
    }),
    vad: sound && random.chance(0.7) ? vad : null,
  };
}

export function withDetect(program: Program, seed: number): StreamProgram {
  return { ...program, detect: randomDetect(seed, outputsOf(program), program.frontend !== null) };
}

export interface ListenerSpec {
  readonly frame: FrameSize;
  readonly hop: number;
  readonly seed: number;
  readonly last: 'dense' | 'relu' | 'egru';
  /** 4 by default. */
  readonly labels?: number;
  /** Bands and levels; none by default. */
  readonly over?: 'band' | 'frame';
}

/** A feature extractor with mel bands and levels. */
export function normalizing(over: 'band' | 'frame') {
  return {
    ...{ gain: 4096, divisor: 18 },
    bands: { scale: 'mel', from: 60, to: 4000 },
    normalize: { over, rise: over === 'band' ? 3 : 0, fall: 6, floor: 9000, center: 16384, gain: 2 },
  } as const;
}

/** A small network behind a feature extractor. */
export function listener({ frame, hop, seed, last, labels = 4, over }: ListenerSpec): StreamProgram {
  const bins = 20;
  const network = programOf({
    ...{ seed, inputs: bins, bias: 'septenary', readout: null, steps: 1, input: 'random' },
    lastActivation: last === 'relu' ? 'relu' : 'none',
    layers: [
      { type: 'egru', units: 6, weights: 'mixed', zeros: 30, state: 'random' },
      { type: 'dense', units: 5, weights: 'mixed', zeros: 30, state: 'zeros' },
      {
        ...{ type: last === 'egru' ? 'egru' : 'dense', units: labels },
        ...{ weights: 'mixed', zeros: 20, state: 'extreme' },
      },
    ],
  });
  const frontend = { sampleRate: 8000, frame, hop, window: 'hann', bins, scale: 'log2' } as const;
  const more = over === undefined ? {} : normalizing(over);
  const program = { ...network, frontend: quantizeFrontend({ ...frontend, gain: 8, divisor: 9, ...more }) };
  return withDetect(program, seed);
}

/** Bursts of noise and tones between silence, full-scale extremes among them. */
export function bursts(length: number, seed: number): Int16Array {
  const random = new Random(seed);
  const samples = new Int16Array(length);
  for (let at = 0; at < length; ) {
    const end = Math.min(length, at + random.between(50, 1500));
    const level = random.pick([0, 0, 0, 1, 250, 350, 5000, 32767]);
    const square = random.chance(0.2);
    const period = random.between(2, 40);
    for (; at < end; at++) {
      const value = square ? (at % period < period / 2 ? level : -level - 1) : random.between(-level, level);
      samples[at] = level === 0 ? 0 : value;
    }
  }
  return samples;
}

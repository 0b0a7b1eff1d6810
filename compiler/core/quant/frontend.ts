// SPDX-License-Identifier: Apache-2.0
/** The feature extractor's constants from its floating-point meaning: the last place where they are fractions. */
import { InputError } from '../base/errors.ts';
import type { FrontendModel } from '../model/model.ts';
import {
  BAND_ONE,
  BAND_SHIFT,
  CURVE_SEGMENTS,
  curveWords,
  type FrameSize,
  type FrontendProgram,
  MAX_SHIFT,
  normalizerOf,
} from '../program/frontend-program.ts';
import { quantizeBands } from './bands.ts';

/**
 * 1.0 in the Hann tables. Four taps that meet in one butterfly of the first stage add up to less than 2.0, so that
 * its outputs are below 2^15 * (2 * 32700 + 2) < 2^31.
 */
export const HANN_ONE = 32700;
/** 1.0 of the window as the first stage multiplies with it. */
const WINDOW_ONE = { hann: HANN_ONE, rect: 8192 };
/** By how much the stages divide, beside the block shift: 2^(sum of shift - 14). */
const DIVISION: Readonly<Record<FrameSize, number>> = { 64: 4, 128: 8, 256: 4 };

/** @throws InputError where the description cannot be computed with these integers */
export function quantizeFrontend(f: FrontendModel): FrontendProgram {
  const limits: readonly [string, boolean, string][] = [
    ['frame', [64, 128, 256].includes(f.frame), '64, 128 or 256'],
    ['hop', isCount(f.hop, f.frame), `a whole number from 1 to the frame, ${f.frame}`],
    ['bins', isCount(f.bins, f.frame / 2 + 1), `a whole number from 1 to ${f.frame / 2 + 1}`],
    ['gain', f.gain > 0 && Number.isFinite(f.gain), 'a positive number'],
    ['divisor', f.divisor > 0 && Number.isFinite(f.divisor), 'a positive number'],
  ];
  for (const [key, right, expected] of limits) {
    if (!right) throw new InputError('frontend', `"${key}" must be ${expected}`, key);
  }
  const minShift = leastShift(f);
  return {
    definition: f,
    sampleRate: f.sampleRate,
    frame: f.frame,
    hop: f.hop,
    bins: f.bins,
    window: f.window,
    minShift,
    curve: curveOf(f, minShift),
    bands: f.bands === undefined ? null : quantizeBands(f, f.bands),
    normalizer: f.normalize === undefined ? null : normalizerOf(f.normalize, f.bins),
  };
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

/** The feature, not yet clipped, of an integer power at a block shift. */
function meaning(f: FrontendModel, power: number, shift: number): number {
  const unit = (2 ** shift * DIVISION[f.frame]) / (WINDOW_ONE[f.window] * 32768);
  const one = f.bands === undefined ? 1 : 2 ** BAND_SHIFT / BAND_ONE;
  const loudness = f.gain * Math.sqrt(power * one) * unit;
  return f.scale === 'log2' ? Math.log2(1 + loudness) / f.divisor : loudness;
}

/** The largest shift at which power 1 is at most a quarter of a feature's LSB: nothing above it is lost. */
function leastShift(f: FrontendModel): number {
  let shift = MAX_SHIFT;
  while (shift > 0 && meaning(f, 1, shift) > 0.25 / 32768) shift--;
  return shift;
}

/**
 * Chords of the meaning over the power, moved by half of the largest distance between curve and chord (which is at
 * the middle, nearly): the error is then the same above and below. Power 1 at the least shift is silence: 0. The
 * segment that passes 1 goes on as if nothing were clipped (the executors clip); those after it are flat.
 */
function curveOf(f: FrontendModel, minShift: number): Uint32Array {
  const words = curveWords(minShift, f.frame);
  const value = (i: number) => meaning(f, nodePower(i), minShift);
  const sag = (i: number) =>
    meaning(f, (nodePower(i) + nodePower(i + 1)) / 2, minShift) - (value(i) + value(i + 1)) / 2;
  const nodes = Array.from({ length: words + 1 }, (_, i) => {
    if (i === 0) return 0;
    const lift = Math.max(0, sag(i - 1) + sag(i)) / 4;
    return Math.min(65535, Math.floor((value(i) + lift) * 32768 + 0.5));
  });
  const curve = new Uint32Array(words);
  for (let i = 0; i < words; i++) {
    const [from = 0, to = 0] = [nodes[i], nodes[i + 1]];
    if (to < from) throw new Error(`the curve falls in segment ${i}`);
    curve[i] = from >= 32767 ? 32767 * 65536 : from * 65536 + to - from;
  }
  return curve;
}

function nodePower(i: number): number {
  return 2 ** Math.floor(i / CURVE_SEGMENTS) * (1 + (i % CURVE_SEGMENTS) / CURVE_SEGMENTS);
}

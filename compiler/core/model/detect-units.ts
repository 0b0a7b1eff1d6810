// SPDX-License-Identifier: Apache-2.0
/**
 * Units of `detect` in model.json, and the chip's integers behind them: times as frames or as text in seconds or
 * milliseconds, shares of 1 as Q15 or as a number between 0 and 1. Whole numbers are always the chip's integers: 1 is
 * one frame, and 1/32768.
 */
import { describe, type JsonValue } from '../base/json.ts';

/** What a frame lasts; null: frames have no duration. */
export type Clock = { readonly sampleRate: number; readonly hop: number } | null;

/** How a value is written. */
export type Unit = 'integer' | 's' | 'ms' | 'share';

const TIME = /^(\d{1,9}(?:\.\d{1,9})?) ?(s|ms)$/;
const ONE = 32768;
const MAX_DIGITS = 9;

/** Frames of a time: the nearest number, and at least 1 unless the time is 0. */
export function framesOf(seconds: number, { sampleRate, hop }: NonNullable<Clock>): number {
  return seconds === 0 ? 0 : Math.max(1, Math.round((seconds * sampleRate) / hop));
}

/**
 * A whole number of frames, or text such as "0.3 s" or "800 ms".
 * @throws InputError with the place in the document
 */
export function readFrames(value: JsonValue, least: number, most: number, clock: Clock): number {
  if (typeof value.value !== 'string') {
    const { value: stated } = value;
    if (typeof stated === 'number' && Number.isInteger(stated)) return value.integer(least, most, 'frames');
    return value.fail(
      `must be a whole number of frames or a time such as "0.3 s", found ${describe(stated)}`,
    );
  }
  const [, number = '', unit] = TIME.exec(value.value) ?? [];
  if (unit === undefined) {
    value.fail(
      `must be a time such as "0.3 s" or "800 ms", or a number of frames, found ${describe(value.value)}`,
    );
  }
  if (clock === null) value.fail('is a time; without "frontend" frames have no duration: write their number');
  const frames = framesOf(Number(number) / (unit === 'ms' ? 1000 : 1), clock);
  if (frames >= least && frames <= most) return frames;
  return value.fail(`must come to ${least} to ${most} frames, found ${describe(value.value)}: ${frames}`);
}

/**
 * Q15: a whole number from 1 to `most`, or a number between 0 and 1, which stands for the nearest of them.
 * @param limit what the largest value is, for the message
 */
export function readShare(value: JsonValue, most: number, limit: string): number {
  const stated = value.value;
  if (typeof stated === 'number' && stated > 0 && stated < 1) {
    const q15 = q15Of(stated);
    if (q15 <= most) return q15;
    value.fail(`must be at most ${limit}, found ${stated} (${q15} in Q15)`);
  }
  if (typeof stated === 'number' && Number.isInteger(stated)) {
    if (stated >= 1 && stated <= most) return stated;
  }
  const range = `a whole number from 1 to ${most} in Q15 (32768 is 1), or between 0 and 1 as 0.62`;
  return value.fail(
    `must be ${range}${most === ONE - 1 ? '' : `; at most ${limit}`}, found ${describe(stated)}`,
  );
}

/** The nearest number in Q15 to a share between 0 and 1, 1 .. 32767. */
function q15Of(share: number): number {
  return Math.max(1, Math.min(ONE - 1, Math.round(share * ONE)));
}

/** How a value of a document is written. */
export function unitOf(value: unknown): Unit {
  if (typeof value === 'string') return value.endsWith('ms') ? 'ms' : 's';
  return typeof value === 'number' && !Number.isInteger(value) ? 'share' : 'integer';
}

/** Frames in a unit: as few digits as give the same frames again. */
export function writeFrames(frames: number, unit: Unit, clock: Clock): number | string {
  if (clock === null || (unit !== 's' && unit !== 'ms')) return frames;
  const seconds = (frames * clock.hop) / clock.sampleRate;
  const scale = unit === 'ms' ? 1000 : 1;
  for (let digits = 0; digits <= MAX_DIGITS; digits++) {
    const text = String(Number((seconds * scale).toFixed(digits)));
    if (framesOf(Number(text) / scale, clock) === frames) return `${text} ${unit}`;
  }
  return frames;
}

/** Q15 in a unit: as few digits as give the same integer again. */
export function writeShare(q15: number, unit: Unit): number {
  if (unit !== 'share') return q15;
  for (let digits = 1; digits <= MAX_DIGITS; digits++) {
    const share = Number((q15 / ONE).toFixed(digits));
    if (share > 0 && share < 1 && q15Of(share) === q15) return share;
  }
  return q15;
}

// SPDX-License-Identifier: Apache-2.0
import { at } from '../arrays.ts';
import type { Random } from '../random.ts';
import type { NoiseColour } from './rules.ts';

/**
 * Noise of effective level 1 and nearly normal values: white (flat), pink (-3 dB per octave) or brown (-6 dB per octave
 * above 20 Hz).
 *
 * Pink: a pole turns the slope to -6 dB per octave, a zero turns it back; poles at 10, 40, 160, 640, 2560 Hz and zeros
 * an octave above each come to -3 dB per octave in the mean, within about half a decibel.
 */
export function noise(colour: NoiseColour, length: number, sampleRate: number, random: Random): Float64Array {
  const values = new Float64Array(length);
  for (let n = 0; n < length; n++) {
    // The sum of four numbers of 16 bits: quicker than an exact normal distribution, without an audible difference.
    const [a, b] = [random.next(), random.next()];
    values[n] = (a >>> 16) + (a & 0xffff) + (b >>> 16) + (b & 0xffff) - 2 * 0xffff;
  }
  if (colour === 'brown') onePole(values, 20, 0, sampleRate);
  if (colour === 'pink') for (let f = 10; f < sampleRate / 2; f *= 4) onePole(values, f, 2 * f, sampleRate);
  const level = effectiveLevel(values);
  if (level > 0) for (let n = 0; n < length; n++) values[n] = at(values, n) / level;
  return values;
}

/** Root of the mean square; 0 of nothing. */
export function effectiveLevel(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return values.length === 0 ? 0 : Math.sqrt(sum / values.length);
}

/** y[n] = x[n] - b x[n - 1] + a y[n - 1] in place, corner frequencies in Hz; zero 0: none. */
function onePole(values: Float64Array, pole: number, zero: number, sampleRate: number): void {
  const a = Math.exp((-2 * Math.PI * pole) / sampleRate);
  const b = zero === 0 ? 0 : Math.exp((-2 * Math.PI * zero) / sampleRate);
  let [x1, y1] = [0, 0];
  for (let n = 0; n < values.length; n++) {
    const x = at(values, n);
    y1 = x - b * x1 + a * y1;
    x1 = x;
    values[n] = y1;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { at } from '../arrays.ts';
import type { Random } from '../random.ts';
import type { NoiseColour } from './rules.ts';

/** Noise of effective level 1 and nearly normal values: ColourNoise, scaled. */
export function noise(colour: NoiseColour, length: number, sampleRate: number, random: Random): Float64Array {
  const source = new ColourNoise(colour, sampleRate, random);
  const values = Float64Array.from({ length }, () => source.next());
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

/**
 * Noise without end: white (flat), pink (-3 dB per octave) or brown (-6 dB per octave above 20 Hz).
 *
 * Pink: a pole turns the slope to -6 dB per octave, a zero turns it back; poles at 10, 40, 160, 640, 2560 Hz and zeros
 * an octave above each come to -3 dB per octave in the mean, within about half a decibel.
 */
export class ColourNoise {
  readonly #random: Random;
  readonly #poles: OnePole[] = [];

  constructor(colour: NoiseColour, sampleRate: number, random: Random) {
    this.#random = random;
    if (colour === 'brown') this.#poles.push(new OnePole(20, 0, sampleRate));
    if (colour !== 'pink') return;
    for (let f = 10; f < sampleRate / 2; f *= 4) this.#poles.push(new OnePole(f, 2 * f, sampleRate));
  }

  next(): number {
    // The sum of four numbers of 16 bits: quicker than an exact normal distribution, without an audible difference.
    const [a, b] = [this.#random.next(), this.#random.next()];
    let value = (a >>> 16) + (a & 0xffff) + (b >>> 16) + (b & 0xffff) - 2 * 0xffff;
    for (const pole of this.#poles) value = pole.next(value);
    return value;
  }
}

/** y[n] = x[n] - b x[n - 1] + a y[n - 1]; corner frequencies in Hz; zero 0: none. */
class OnePole {
  readonly #a: number;
  readonly #b: number;
  #x = 0;
  #y = 0;

  constructor(pole: number, zero: number, sampleRate: number) {
    this.#a = Math.exp((-2 * Math.PI * pole) / sampleRate);
    this.#b = zero === 0 ? 0 : Math.exp((-2 * Math.PI * zero) / sampleRate);
  }

  next(x: number): number {
    this.#y = x - this.#b * this.#x + this.#a * this.#y;
    this.#x = x;
    return this.#y;
  }
}

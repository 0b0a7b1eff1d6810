// SPDX-License-Identifier: Apache-2.0
import { addAt, at } from '../arrays.ts';
import type { Random } from '../random.ts';

/** Reflections per second: above about 1500 velvet noise sounds smooth (Karjalainen and Jarvelainen, 2007). */
const DENSITY = 2000;
/** The first reflection comes after a way of half a metre to four metres. */
const FIRST = { low: 0.0015, high: 0.012 };

/**
 * The sound in a room: itself and, after it, sparse reflections of random sign and time ("velvet noise") that decay by
 * 60 dB in `seconds`. Sparse, so that a convolution costs a few hundred additions per sample and not thousands.
 * @param wet effective level of all reflections together by that of the direct sound, for noise
 * @returns longer than the input by the tail down to -30 dB
 */
export function reverberate(
  sound: Float64Array,
  sampleRate: number,
  seconds: number,
  wet: number,
  random: Random,
): Float64Array {
  const tail = Math.ceil((seconds / 2) * sampleRate);
  const taps: { delay: number; gain: number }[] = [];
  const first = random.uniform(FIRST.low, FIRST.high) * sampleRate;
  const grid = sampleRate / DENSITY;
  let energy = 0;
  for (let start = first; start < tail; start += grid) {
    const delay = Math.floor(start + random.unit() * grid);
    const gain = (random.unit() < 0.5 ? -1 : 1) * 10 ** ((-3 * delay) / (seconds * sampleRate));
    taps.push({ delay, gain });
    energy += gain * gain;
  }
  const output = new Float64Array(sound.length + tail + Math.ceil(grid));
  output.set(sound);
  const scale = energy > 0 ? wet / Math.sqrt(energy) : 0;
  for (const { delay, gain } of taps) {
    const factor = scale * gain;
    for (let n = 0; n < sound.length; n++) addAt(output, n + delay, factor * at(sound, n));
  }
  return output;
}

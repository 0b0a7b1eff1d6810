// SPDX-License-Identifier: Apache-2.0
/**
 * A recording played faster or slower, pitch and all. A short kernel is enough here: at speeds of 0.88 to 1.14 what it
 * adds to a sine stays 54 dB below it up to 0.8 of half the sample rate (measured by test/train/augment.test.ts);
 * compiler/core/audio/resample.ts reaches 80 dB in ten times the time.
 */
import { at } from '../arrays.ts';

/** Zero crossings to either side. */
const ZEROS = 8;
/** Fractions of a sample that are tabulated; the nearest one is taken. */
const PHASES = 512;
const TAPS = 2 * ZEROS;

/** Below 1 by the width of the transition, so that little is mirrored at the new end of the spectrum. */
const CUTOFF = 0.9;

/** Cut-offs are rounded down to multiples of 1 / this, so that few tables serve all speeds. */
const CUTOFFS = 64;
const tables = new Map<number, Float64Array>();

/** speed: above 1 faster. @returns ceil(length / speed) samples */
export function atSpeed(sound: Float64Array, speed: number): Float64Array {
  const table = kernelTable(Math.floor(CUTOFF * CUTOFFS * Math.min(1, 1 / speed)) / CUTOFFS);
  const output = new Float64Array(Math.ceil(sound.length / speed));
  for (let n = 0; n < output.length; n++) {
    const time = Math.round(n * speed * PHASES);
    const phase = time % PHASES;
    const first = (time - phase) / PHASES - ZEROS + 1;
    const from = Math.max(0, -first);
    const to = Math.min(TAPS, sound.length - first);
    let sum = 0;
    for (let tap = from; tap < to; tap++) sum += at(sound, first + tap) * at(table, phase * TAPS + tap);
    output[n] = sum;
  }
  return output;
}

/** [phase][tap]: sinc under a Hann window as wide as the taps, each phase of sum 1. cutoff: by half the sample rate. */
function kernelTable(cutoff: number): Float64Array {
  const known = tables.get(cutoff);
  if (known !== undefined) return known;
  const table = new Float64Array(PHASES * TAPS);
  for (let phase = 0; phase < PHASES; phase++) {
    const row = table.subarray(phase * TAPS, (phase + 1) * TAPS);
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap++) {
      const x = tap - ZEROS + 1 - phase / PHASES;
      const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x);
      row[tap] = sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / ZEROS));
      sum += at(row, tap);
    }
    for (let tap = 0; tap < TAPS; tap++) row[tap] = at(row, tap) / sum;
  }
  tables.set(cutoff, table);
  return table;
}

// SPDX-License-Identifier: Apache-2.0
/** Where the sound of a recording ends: one that was low-passed before has nothing above a lower rate's Nyquist limit. */
import { Fourier } from '../../core/audio/fourier.ts';

const SIZE = 1024;
/** Pieces of SIZE samples that are looked at, spread over the recording. */
const PIECES = 200;
/** Rates that recordings are taken at, in Hz. */
const RATES = [8000, 11_025, 16_000, 22_050, 24_000, 32_000] as const;
/** Power density above the limit against that below it, where a filter stood: no sound falls by 20 dB within a tenth. */
const WALL = 0.01;

/** The rate in Hz that a recording was limited to before; null: none that shows. */
export function formerRate(samples: Int16Array, sampleRate: number): number | null {
  const power = spectrum(samples);
  if (power === null) return null;
  const density = (from: number, to: number) => {
    const first = Math.ceil((from / sampleRate) * SIZE);
    const bins = power.subarray(first, Math.max(first + 1, Math.floor((to / sampleRate) * SIZE)));
    return bins.reduce((sum, value) => sum + value, 0) / bins.length;
  };
  for (const rate of RATES) {
    const limit = rate / 2;
    if (1.5 * rate > sampleRate) return null;
    const [below, above] = [density(0.7 * limit, 0.97 * limit), density(1.1 * limit, sampleRate / 2)];
    if (below > 0 && above < WALL * below) return rate;
  }
  return null;
}

/** Mean power of SIZE / 2 bins; null: too short, or zeros. */
function spectrum(samples: Int16Array): Float64Array | null {
  const pieces = Math.min(PIECES, Math.floor(samples.length / SIZE));
  const power = new Float64Array(SIZE / 2);
  const fourier = new Fourier(SIZE);
  for (let piece = 0; piece < pieces; piece++) {
    const at = Math.floor((piece * (samples.length - SIZE)) / Math.max(1, pieces - 1));
    const re = Float64Array.from(
      samples.subarray(at, at + SIZE),
      (value, i) => value * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE)),
    );
    const im = new Float64Array(SIZE);
    fourier.transform(re, im);
    for (let k = 1; k < SIZE / 2; k++) power[k] = (power[k] ?? 0) + (re[k] ?? 0) ** 2 + (im[k] ?? 0) ** 2;
  }
  return power.some((value) => value > 0) ? power : null;
}

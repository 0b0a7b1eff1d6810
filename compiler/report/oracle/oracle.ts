// SPDX-License-Identifier: Apache-2.0
/**
 * The feature extractor by its floating-point definition (docs/NUMERICS.md), with Meyda's spectrum: the oracle that the
 * integer feature extractor is measured against. Tests and reports only; nothing that a program computes comes from
 * here.
 */
import Meyda from 'meyda';
import {
  BAND_ONE,
  type BandsDefinition,
  type FrontendDefinition,
} from '../../core/program/frontend-program.ts';
import { quantizeBands } from '../../core/quant/bands.ts';

/** What we use of Meyda. Its own types describe another module format than the one that Node loads. */
const meyda = Meyda as unknown as {
  bufferSize: number;
  windowingFunction: string;
  extract(
    feature: 'complexSpectrum',
    signal: Float64Array,
  ): { readonly real: ArrayLike<number>; readonly imag: ArrayLike<number> };
};

/** The features of one frame before normalization, in [0, 1], not rounded. Weights of bands are those of the program. */
export function referenceFrame(f: FrontendDefinition, pcm: Int16Array, offset: number): Float64Array {
  const signal = Float64Array.from(
    { length: f.frame },
    (_, n) => ((pcm[offset + n] ?? 0) / 32768) * tap(f, n),
  );
  const magnitudes = meydaMagnitudes(signal);
  const loudness = f.bands === undefined ? magnitudes : bandMagnitudes(f, f.bands, magnitudes);
  return Float64Array.from({ length: f.bins }, (_, k) => scale(f, loudness[k] ?? 0));
}

function bandMagnitudes(
  f: FrontendDefinition,
  bands: BandsDefinition,
  magnitudes: Float64Array,
): Float64Array {
  const { first, count, weights } = quantizeBands(f, bands);
  let weight = 0;
  return Float64Array.from({ length: f.bins }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < (count[i] ?? 0); k++) {
      sum += ((weights[weight++] ?? 0) / BAND_ONE) * (magnitudes[(first[i] ?? 0) + k] ?? 0) ** 2;
    }
    return Math.sqrt(sum);
  });
}

/** |X_k| for k = 0 .. N / 2 of a real signal by the definition of the transform: O(N^2). */
export function directMagnitudes(signal: Float64Array): Float64Array {
  const n = signal.length;
  return Float64Array.from({ length: n / 2 + 1 }, (_, k) => {
    let [re, im] = [0, 0];
    signal.forEach((x, i) => {
      const angle = (-2 * Math.PI * ((k * i) % n)) / n;
      re += x * Math.cos(angle);
      im += x * Math.sin(angle);
    });
    return Math.hypot(re, im);
  });
}

/** The same by Meyda, which gives N / 2 of them; the last, which it leaves out, is the alternating sum. */
export function meydaMagnitudes(signal: Float64Array): Float64Array {
  const n = signal.length;
  const magnitudes = new Float64Array(n / 2 + 1);
  magnitudes[n / 2] = Math.abs(signal.reduce((sum, x, i) => sum + (i % 2 === 0 ? x : -x), 0));
  meyda.bufferSize = n;
  meyda.windowingFunction = 'rect';
  const { real, imag } = meyda.extract('complexSpectrum', signal);
  for (let k = 0; k < n / 2; k++) magnitudes[k] = Math.hypot(real[k] ?? 0, imag[k] ?? 0);
  return magnitudes;
}

function tap(f: FrontendDefinition, n: number): number {
  return f.window === 'rect' ? 1 : 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / (f.frame - 1));
}

function scale(f: FrontendDefinition, magnitude: number): number {
  const value = f.scale === 'log2' ? Math.log2(1 + f.gain * magnitude) / f.divisor : f.gain * magnitude;
  return Math.min(Math.max(value, 0), 1);
}

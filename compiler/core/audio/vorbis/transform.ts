// SPDX-License-Identifier: Apache-2.0
import { Fourier } from '../fourier.ts';

/** The inverse modified discrete cosine transform of blocks of n samples, n a power of two of at least 64. */
export class InverseMdct {
  readonly #half: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  /** cos and sin of -pi (8 k + 1) / (4 n) */
  readonly #twist: readonly [Float64Array, Float64Array];
  readonly #fourier: Fourier;

  constructor(n: number) {
    const half = n / 2;
    const points = half / 2;
    this.#half = half;
    this.#re = new Float64Array(points);
    this.#im = new Float64Array(points);
    const angle = (k: number) => (-Math.PI * (8 * k + 1)) / (8 * half);
    this.#twist = [
      Float64Array.from({ length: points }, (_, k) => Math.cos(angle(k))),
      Float64Array.from({ length: points }, (_, k) => Math.sin(angle(k))),
    ];
    this.#fourier = new Fourier(points);
  }

  /** y[i] = sum over k of x[k] cos(pi / (2 n) (2 i + 1 + n / 2) (2 k + 1)), i = 0 .. n - 1. */
  run(x: Float64Array): Float64Array {
    const half = this.#half;
    const points = half / 2;
    const [re, im, [cos, sin]] = [this.#re, this.#im, this.#twist];
    for (let k = 0; k < points; k++) {
      const [a, b, c, s] = [
        x[2 * k] as number,
        x[half - 1 - 2 * k] as number,
        cos[k] as number,
        sin[k] as number,
      ];
      re[k] = a * c - b * s;
      im[k] = a * s + b * c;
    }
    this.#fourier.transform(re, im);
    // A DCT of type IV, whose symmetries are the rest of the block.
    const dct = new Float64Array(half);
    for (let k = 0; k < points; k++) {
      const [a, b, c, s] = [re[k] as number, im[k] as number, cos[k] as number, sin[k] as number];
      dct[2 * k] = a * c - b * s;
      dct[half - 1 - 2 * k] = -(a * s + b * c);
    }
    return Float64Array.from({ length: 2 * half }, (_, i) => {
      const m = i + points;
      return m < half
        ? (dct[m] as number)
        : m < 2 * half
          ? -(dct[2 * half - 1 - m] as number)
          : -(dct[m - 2 * half] as number);
    });
  }
}

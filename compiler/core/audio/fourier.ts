// SPDX-License-Identifier: Apache-2.0

/** The discrete Fourier transform of a power of two of points: X[k] = sum over n of x[n] exp(-2 pi i k n / points). */
export class Fourier {
  readonly #points: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  constructor(points: number) {
    const angle = (k: number) => (-2 * Math.PI * k) / points;
    this.#points = points;
    this.#cos = Float64Array.from({ length: points / 2 }, (_, k) => Math.cos(angle(k)));
    this.#sin = Float64Array.from({ length: points / 2 }, (_, k) => Math.sin(angle(k)));
  }

  /** Radix 2 (Cooley and Tukey, 1965), in place. @param re real and @param im imaginary parts */
  transform(re: Float64Array, im: Float64Array): void {
    const [points, cos, sin] = [this.#points, this.#cos, this.#sin];
    for (let i = 1, j = 0; i < points; i++) {
      let bit = points >> 1;
      for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) {
        [re[i], re[j]] = [re[j] as number, re[i] as number];
        [im[i], im[j]] = [im[j] as number, im[i] as number];
      }
    }
    for (let size = 2; size <= points; size *= 2) {
      const stride = points / size;
      for (let base = 0; base < points; base += size) {
        for (let k = 0; k < size / 2; k++) {
          const [a, b] = [base + k, base + k + size / 2];
          const [c, s] = [cos[k * stride] as number, sin[k * stride] as number];
          const x = c * (re[b] as number) - s * (im[b] as number);
          const y = s * (re[b] as number) + c * (im[b] as number);
          re[b] = (re[a] as number) - x;
          im[b] = (im[a] as number) - y;
          re[a] = (re[a] as number) + x;
          im[a] = (im[a] as number) + y;
        }
      }
    }
  }
}

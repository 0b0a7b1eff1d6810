// SPDX-License-Identifier: Apache-2.0
/** Live sound on its way to a model: the conversion that recordings get (core/audio/pcm.ts), piece by piece. */
import { roundPcm } from '../../core/audio/pcm.ts';
import { Resampler } from '../../core/audio/resample.ts';

/** 16-bit PCM at one rate to 16-bit PCM at another. */
export class Intake {
  readonly #resampler: Resampler | null;

  /** Hz */
  constructor(from: number, to: number) {
    this.#resampler = from === to ? null : new Resampler(from, to);
  }

  /** What the samples settle so far. */
  push(samples: Int16Array): Int16Array {
    if (this.#resampler === null) return samples;
    return rounded(this.#resampler.push(Float64Array.from(samples)));
  }

  /** The rest, behind the last piece. */
  end(): Int16Array {
    return this.#resampler === null ? new Int16Array(0) : rounded(this.#resampler.end());
  }
}

/** Samples as Web Audio has them, -1 to 1, as 16-bit PCM. */
export function pcmOf(samples: Float32Array): Int16Array {
  return rounded(Float64Array.from(samples, (value) => (Number.isFinite(value) ? 32768 * value : 0)));
}

function rounded(values: Float64Array): Int16Array {
  const pcm = new Int16Array(values.length);
  roundPcm(values, pcm);
  return pcm;
}

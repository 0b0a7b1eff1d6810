// SPDX-License-Identifier: Apache-2.0
/**
 * A sound as firmware gets it, piece by piece: at the sample rate of the microphone, as the words, bits or counts that
 * it sends, and through the decimator of the runtime. Integers from the encoder on; what comes out is what the
 * emulated board's feature extractor gets of the same sound (test/firmware/listening.test.ts).
 */
import { Resampler } from '../audio/resample.ts';
import { AdcDecimator, AdcEncoder } from './adc.ts';
import { I2sDecimator, I2sEncoder } from './i2s.ts';
import { BLOCK } from './level.ts';
import { PdmDecimator } from './pdm.ts';
import { PdmEncoder, packBits } from './pdm-encoder.ts';

export type MicrophoneKind = 'i2s' | 'pdm' | 'adc';

/** A microphone and how fast it is read. Plain data, so that threads can be told. */
export interface CaptureRule {
  readonly microphone: MicrophoneKind;
  /** Rate at which its encoder takes PCM, numerator / denominator Hz; whole numbers of at least 1. */
  readonly numerator: number;
  readonly denominator: number;
}

/** PCM of the encoder for one sample of the feature extractor. */
const PER_SAMPLE: Readonly<Record<MicrophoneKind, number>> = { i2s: 2, pdm: 1, adc: 2 };

/** Samples in a second as the feature extractor gets them, in Hz. */
export function capturedRate({ microphone, numerator, denominator }: CaptureRule): number {
  return numerator / denominator / PER_SAMPLE[microphone];
}

/** PCM at any rate -> PCM at the rate of the encoder, so that time passes as outside. */
export class EncoderRate {
  readonly #resampler: Resampler | null;

  /** @param sampleRate of the sound, in Hz */
  constructor({ numerator, denominator }: CaptureRule, sampleRate: number) {
    const from = Math.round(sampleRate * denominator);
    this.#resampler = from === numerator ? null : new Resampler(from, numerator);
  }

  /** As much as the piece settles; the pieces may be of any length. */
  push(pcm: Int16Array): Int16Array {
    return this.#resampler === null ? pcm : rounded(this.#resampler.push(Float64Array.from(pcm)));
  }

  /** The rest, after the last piece. */
  end(): Int16Array {
    return this.#resampler === null ? new Int16Array(0) : rounded(this.#resampler.end());
  }
}

function rounded(values: Float64Array): Int16Array {
  return Int16Array.from(values, (value) => Math.max(-32768, Math.min(32767, Math.round(value))));
}

/** PCM at the rate of the encoder -> the runtime's PCM, in blocks of 32 samples. Begins like a microphone that is started. */
export class Capture {
  readonly #block: (input: Int16Array, pcm: Int16Array) => void;
  /** One block of the encoder's input. */
  readonly #input: Int16Array;
  #filled = 0;

  constructor({ microphone }: Pick<CaptureRule, 'microphone'>) {
    this.#input = new Int16Array(BLOCK * PER_SAMPLE[microphone]);
    this.#block = blockOf(microphone, this.#input.length);
  }

  /** Whole blocks as far as they are complete; the pieces may be of any length. */
  push(input: Int16Array): Int16Array {
    const { length } = this.#input;
    const blocks = Math.floor((this.#filled + input.length) / length);
    const pcm = new Int16Array(BLOCK * blocks);
    let at = 0;
    for (let i = 0; i < blocks; i++) {
      const taken = length - this.#filled;
      this.#input.set(input.subarray(at, at + taken), this.#filled);
      at += taken;
      this.#filled = 0;
      this.#block(this.#input, pcm.subarray(BLOCK * i, BLOCK * (i + 1)));
    }
    this.#input.set(input.subarray(at), this.#filled);
    this.#filled += input.length - at;
    return pcm;
  }

  /** Completes a block that has begun with silence. */
  end(): Int16Array {
    return this.#filled === 0
      ? new Int16Array(0)
      : this.push(new Int16Array(this.#input.length - this.#filled));
  }
}

/** Encoder and decimator of one block; `length`: of its input. */
function blockOf(microphone: MicrophoneKind, length: number): (input: Int16Array, pcm: Int16Array) => void {
  if (microphone === 'pdm') {
    const [encoder, decimator] = [new PdmEncoder(), new PdmDecimator()];
    return (input, pcm) => decimator.block(packBits(encoder.encode(input)), pcm);
  }
  if (microphone === 'i2s') {
    const [encoder, decimator, words] = [new I2sEncoder(), new I2sDecimator(), new Int32Array(length)];
    return (input, pcm) => {
      for (let i = 0; i < length; i++) words[i] = encoder.word(input[i] ?? 0);
      decimator.block(words, pcm);
    };
  }
  const [encoder, decimator, counts] = [new AdcEncoder(), new AdcDecimator(), new Uint16Array(length)];
  return (input, pcm) => {
    for (let i = 0; i < length; i++) counts[i] = encoder.count(input[i] ?? 0);
    decimator.block(counts, pcm);
  };
}

/** A whole sound and the silence that follows it for some time; pieces as they come, whole blocks in all. */
export function* capture(
  rule: CaptureRule,
  sampleRate: number,
  pieces: Iterable<Int16Array>,
  secondsAfter: number,
): Iterable<Int16Array> {
  const [rate, microphone] = [new EncoderRate(rule, sampleRate), new Capture(rule)];
  for (const piece of pieces) yield microphone.push(rate.push(piece));
  yield microphone.push(rate.end());
  yield microphone.push(new Int16Array(Math.round((secondsAfter * rule.numerator) / rule.denominator)));
  yield microphone.end();
}

// SPDX-License-Identifier: Apache-2.0
/** Sound as the microphone interfaces of the emulated chip see it, value by value. */

import { type Chip, defaultBoard, type MicrophoneName } from '../../boards/boards.ts';
import { microphoneRate, OVERSAMPLING, PDM_DECIMATION } from '../../boards/microphone-rate.ts';
import { Resampler, resample } from '../../core/audio/resample.ts';
import { AdcDecimator, AdcEncoder } from '../../core/microphone/adc.ts';
import { I2sDecimator, I2sEncoder } from '../../core/microphone/i2s.ts';
import { BLOCK } from '../../core/microphone/level.ts';
import { PdmDecimator } from '../../core/microphone/pdm.ts';
import { PdmEncoder, packBits } from '../../core/microphone/pdm-encoder.ts';
import type { MicrophoneSource } from '../../emulator/core/microphone.ts';

/** Samples of PCM that are encoded at once. */
const CHUNK = 800;
/** The same of silence where a live sound is late: about a millisecond. */
const QUIET = 16;

/** Sound at its own rate in Hz. */
export interface Sound {
  readonly samples: Int16Array;
  readonly sampleRate: number;
}

/**
 * PCM at the rate at which the encoder of this microphone takes it: that of its clock, so that time passes as outside.
 */
export function soundFor(
  name: MicrophoneName,
  { samples, sampleRate }: Sound,
  chip: Pick<Chip, 'coreClock'> = defaultBoard.chip,
): Int16Array {
  return rounded(resample(Float64Array.from(samples), ...encoderRates(name, sampleRate, chip)));
}

/** Rates of a sound and of a microphone's encoder, as the resampler takes them. */
function encoderRates(
  name: MicrophoneName,
  sampleRate: number,
  chip: Pick<Chip, 'coreClock'>,
): [from: number, to: number] {
  const { clock, perSample, sampleRate: own } = microphoneRate(name, chip);
  // Words and counts; the encoder of PDM makes the bits of a sample itself.
  const wanted = name === 'pdm' ? own : (OVERSAMPLING * clock) / perSample;
  // The resampler wants whole numbers: those of I2S are multiples of 1/46 Hz (48 MHz / 46 / 64).
  const scale = 46;
  return [Math.round(sampleRate * scale), Math.round(wanted * scale)];
}

function rounded(values: Float64Array): Int16Array {
  return Int16Array.from(values, (value) => Math.max(-32768, Math.min(32767, Math.round(value))));
}

/** A sound that comes while the board runs, at a rate of its own. Silence where nothing has come yet. */
export class LiveSound implements MicrophoneSource {
  readonly #resampler: Resampler;
  readonly #encode: (pcm: Int16Array) => ArrayLike<number>;
  readonly #quiet: () => ArrayLike<number>;
  #waiting: ArrayLike<number>[] = [];
  #values: ArrayLike<number> = [];
  #at = 0;

  constructor(name: MicrophoneName, sampleRate: number, chip: Pick<Chip, 'coreClock'>) {
    this.#resampler = new Resampler(...encoderRates(name, sampleRate, chip));
    this.#encode = encoder(name);
    this.#quiet = () => this.#encode(new Int16Array(QUIET));
  }

  /** @param samples 16-bit PCM, mono */
  push(samples: Int16Array): void {
    this.#add(this.#resampler.push(Float64Array.from(samples)));
  }

  /** The rest, behind the last piece. */
  end(): void {
    this.#add(this.#resampler.end());
  }

  next(): number {
    if (this.#at >= this.#values.length) {
      this.#values = this.#waiting.shift() ?? this.#quiet();
      this.#at = 0;
    }
    return this.#values[this.#at++] ?? 0;
  }

  #add(values: Float64Array): void {
    if (values.length > 0) this.#waiting.push(this.#encode(rounded(values)));
  }
}

/** Sound once; silence follows it. */
export interface SoundSource extends MicrophoneSource {
  /** Whether the sound is over. */
  readonly over: boolean;
}

export function soundSource(name: MicrophoneName, pcm: Int16Array): SoundSource {
  const encode = encoder(name);
  let values: ArrayLike<number> = [];
  let at = 0;
  let next = 0;
  return {
    get over() {
      return next - CHUNK >= pcm.length || (next >= pcm.length && at >= values.length);
    },
    next() {
      if (at >= values.length) {
        const chunk = new Int16Array(CHUNK);
        chunk.set(pcm.subarray(next, next + CHUNK));
        next += CHUNK;
        values = encode(chunk);
        at = 0;
      }
      return values[at++] ?? 0;
    },
  };
}

function encoder(name: MicrophoneName): (pcm: Int16Array) => ArrayLike<number> {
  if (name === 'pdm') {
    const pdm = new PdmEncoder();
    return (pcm) => pdm.encode(pcm);
  }
  const word = name === 'i2s' ? new I2sEncoder() : new AdcEncoder();
  return (pcm) => word.encode(pcm);
}

/** What the chip's decimator makes of it: the reference's PCM, of whole blocks. */
export function decimated(name: MicrophoneName, pcm: Int16Array): Int16Array {
  const perSample = name === 'pdm' ? PDM_DECIMATION : 1;
  return decimate(name, soundSource(name, pcm), Math.floor((perSample * pcm.length) / valuesPerBlock(name)));
}

/** Raw values of a block of 4 ms. */
export function valuesPerBlock(name: MicrophoneName): number {
  return BLOCK * (name === 'pdm' ? PDM_DECIMATION : OVERSAMPLING);
}

/** The reference's PCM of `blocks` blocks from a microphone. */
export function decimate(name: MicrophoneName, source: MicrophoneSource, blocks: number): Int16Array {
  const values = Array.from({ length: valuesPerBlock(name) }, () => 0);
  const result = new Int16Array(BLOCK * blocks);
  const out = new Int16Array(BLOCK);
  const block = blockOf(name);
  for (let i = 0; i < blocks; i++) {
    for (let k = 0; k < values.length; k++) values[k] = source.next();
    block(values, out);
    result.set(out, BLOCK * i);
  }
  return result;
}

function blockOf(name: MicrophoneName): (values: number[], pcm: Int16Array) => void {
  if (name === 'pdm') {
    const pdm = new PdmDecimator();
    return (values, pcm) => pdm.block(packBits(Uint8Array.from(values)), pcm);
  }
  if (name === 'i2s') {
    const i2s = new I2sDecimator();
    return (values, pcm) => i2s.block(Int32Array.from(values), pcm);
  }
  const adc = new AdcDecimator();
  return (values, pcm) => adc.block(Uint16Array.from(values), pcm);
}

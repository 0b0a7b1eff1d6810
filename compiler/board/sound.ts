// SPDX-License-Identifier: Apache-2.0
/** Sound as the microphone interfaces of the emulated chip see it, value by value. */
import { resample } from '../audio/resample.ts';
import type { MicrophoneSource } from '../emulator/microphone.ts';
import { AdcDecimator, AdcEncoder } from '../microphone/adc.ts';
import { I2sDecimator, I2sEncoder } from '../microphone/i2s.ts';
import { PdmDecimator } from '../microphone/pdm.ts';
import { PdmEncoder, packBits } from '../microphone/pdm-encoder.ts';
import type { MicrophoneName } from '../toolchain/boards.ts';
import { microphoneRate } from '../toolchain/microphone-rate.ts';

const BLOCK = 32;
const PAIRS = 64;
const PDM_BITS = 4000;
/** Bits of a PDM microphone for a sample of PCM. */
const PDM_PER_SAMPLE = 125;
/** Samples of PCM that are encoded at once. */
const CHUNK = 800;

/** Sound at its own rate in Hz. */
export interface Sound {
  readonly samples: Int16Array;
  readonly sampleRate: number;
}

/** PCM at the rate at which the encoder of this microphone takes it: that of its clock, so that time passes as outside. */
export function soundFor(name: MicrophoneName, { samples, sampleRate }: Sound): Int16Array {
  const { clock, perSample, sampleRate: own } = microphoneRate(name);
  // The rates are fractions of the core clock; a denominator of 64 makes the nearest one exact for I2S (48 MHz / 46 / 64).
  const wanted = name === 'pdm' ? own : name === 'i2s' ? (2 * clock) / perSample : 2 * own;
  const scale = 46;
  const resampled = resample(
    Float64Array.from(samples),
    Math.round(sampleRate * scale),
    Math.round(wanted * scale),
  );
  return Int16Array.from(resampled, (value) => Math.max(-32768, Math.min(32767, Math.round(value))));
}

/** Counts what it has handed out; silence follows the sound. */
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
  const perSample = name === 'pdm' ? PDM_PER_SAMPLE : 1;
  return decimate(name, soundSource(name, pcm), Math.floor((perSample * pcm.length) / valuesPerBlock(name)));
}

/** Raw values of a block of 4 ms. */
export function valuesPerBlock(name: MicrophoneName): number {
  return name === 'pdm' ? PDM_BITS : PAIRS;
}

/** The reference's PCM of so many blocks of whatever a microphone delivers. */
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

// SPDX-License-Identifier: Apache-2.0
/** Sound as the microphone interfaces of the emulated chip see it, value by value. */

import { type Chip, defaultBoard, type MicrophoneName } from '../../boards/boards.ts';
import { captureRule, OVERSAMPLING, PDM_DECIMATION } from '../../boards/microphone-rate.ts';
import { joined } from '../../core/audio/crop.ts';
import { AdcEncoder } from '../../core/microphone/adc.ts';
import { Capture, EncoderRate } from '../../core/microphone/capture.ts';
import { I2sEncoder } from '../../core/microphone/i2s.ts';
import { BLOCK } from '../../core/microphone/level.ts';
import { PdmEncoder } from '../../core/microphone/pdm-encoder.ts';
import type { MicrophoneSource } from '../../emulator/core/microphone.ts';

/** Samples of PCM that are encoded at once. */
const CHUNK = 800;
/** The same of silence where a live sound is late: about a millisecond. */
const QUIET = 16;

/** Bit clocks in Hz that the microphones work with: SPH0645 and MP34DT01, as compiler/boards/microphone-rate.ts cites. */
const CLOCKS: Readonly<Record<MicrophoneName, readonly [number, number]>> = {
  i2s: [1_024_000, 4_096_000],
  pdm: [1_000_000, 3_250_000],
  adc: [0, Infinity],
};

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
  const rate = new EncoderRate(captureRule(name, chip), sampleRate);
  return joined([rate.push(samples), rate.end()]);
}

/** A sound that comes while the board runs, at a rate of its own. Silence where nothing has come yet. */
export class LiveSound implements MicrophoneSource {
  readonly clock: readonly [number, number];
  readonly #rate: EncoderRate;
  readonly #encode: (pcm: Int16Array) => ArrayLike<number>;
  readonly #quiet: () => ArrayLike<number>;
  #waiting: ArrayLike<number>[] = [];
  #values: ArrayLike<number> = [];
  #at = 0;

  constructor(name: MicrophoneName, sampleRate: number, chip: Pick<Chip, 'coreClock'>) {
    this.clock = CLOCKS[name];
    this.#rate = new EncoderRate(captureRule(name, chip), sampleRate);
    this.#encode = encoder(name);
    this.#quiet = () => this.#encode(new Int16Array(QUIET));
  }

  /** @param samples 16-bit PCM, mono */
  push(samples: Int16Array): void {
    this.#add(this.#rate.push(samples));
  }

  /** The rest, behind the last piece. */
  end(): void {
    this.#add(this.#rate.end());
  }

  next(): number {
    if (this.#at >= this.#values.length) {
      this.#values = this.#waiting.shift() ?? this.#quiet();
      this.#at = 0;
    }
    return this.#values[this.#at++] ?? 0;
  }

  #add(pcm: Int16Array): void {
    if (pcm.length > 0) this.#waiting.push(this.#encode(pcm));
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
    clock: CLOCKS[name],
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
  return new Capture({ microphone: name }).push(pcm);
}

/** Raw values of a block of 4 ms. */
export function valuesPerBlock(name: MicrophoneName): number {
  return BLOCK * (name === 'pdm' ? PDM_DECIMATION : OVERSAMPLING);
}

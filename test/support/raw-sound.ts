// SPDX-License-Identifier: Apache-2.0
/** What a microphone delivers, value by value, whether or not it makes sense: sound, nothing, or full scale. */

import type { MicrophoneName } from '../../compiler/boards/boards.ts';
import { microphoneRate } from '../../compiler/boards/microphone-rate.ts';
import type { MicrophoneSource } from '../../compiler/emulator/core/microphone.ts';
import { soundFor, soundSource, valuesPerBlock } from '../../compiler/machines/emulated/sound.ts';
import { CHIP } from './chip-facts.ts';
import { RATE } from './recording.ts';

const BLOCK = 32;

/** The least and the largest raw value: a bit, a word of 24 bits at the top of 32, a count of 12. */
export const EXTREMES: Readonly<Record<MicrophoneName, readonly [number, number]>> = {
  i2s: [-0x80000000, 0x7fffff00],
  pdm: [0, 1],
  adc: [0, 4095],
};

/** Values in one block after the other, then silence. */
export class RawSound {
  readonly #pieces: Int32Array[] = [];

  constructor(readonly microphone: MicrophoneName) {}

  /** Values in the sounds so far. */
  get length(): number {
    return this.#pieces.reduce((sum, { length }) => sum + length, 0);
  }

  get blocks(): number {
    return Math.floor(this.length / valuesPerBlock(this.microphone));
  }

  /** Of 8 kHz, by a microphone that was switched on just now. */
  sound(samples: Int16Array): this {
    const pcm = soundFor(this.microphone, { samples, sampleRate: RATE });
    const source = soundSource(this.microphone, pcm);
    const perSample = this.microphone === 'pdm' ? 125 : 1;
    return this.#add(perSample * pcm.length, () => source.next());
  }

  silence(seconds: number): this {
    return this.sound(new Int16Array(seconds * RATE));
  }

  zeros(seconds: number): this {
    return this.#add(this.#values(seconds), () => 0);
  }

  /** From one end of the scale to the other, so many times a second. */
  square(seconds: number, hertz: number): this {
    const [low, high] = EXTREMES[this.microphone];
    const half = this.#perSecond / (2 * hertz);
    return this.#add(this.#values(seconds), (i) => (Math.floor(i / half) % 2 === 0 ? low : high));
  }

  /** From the start; silence follows. */
  source(): MicrophoneSource & { readonly over: boolean } {
    const pieces = [...this.#pieces];
    const silence = soundSource(this.microphone, new Int16Array(0));
    let at = 0;
    return {
      get over() {
        return pieces.length === 0;
      },
      next() {
        for (let piece = pieces[0]; piece !== undefined; piece = pieces[0]) {
          if (at < piece.length) return piece[at++] as number;
          pieces.shift();
          at = 0;
        }
        return silence.next();
      },
    };
  }

  get #perSecond(): number {
    return (microphoneRate(this.microphone, CHIP).sampleRate * valuesPerBlock(this.microphone)) / BLOCK;
  }

  /** As many as silence of that time has, rounded like those of sound. */
  #values(seconds: number): number {
    return new RawSound(this.microphone).silence(seconds).length;
  }

  #add(length: number, value: (i: number) => number): this {
    const piece = new Int32Array(length);
    for (let i = 0; i < length; i++) piece[i] = value(i);
    this.#pieces.push(piece);
    return this;
  }
}

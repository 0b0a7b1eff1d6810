// SPDX-License-Identifier: Apache-2.0
/**
 * Recordings as one endless sound: each at its level, with noise, with silence behind it, and all of it through the
 * microphone of a board where one is given. Piece by piece, so that hours take no more memory than seconds.
 */

import type { OpenSound } from '../../core/audio/pcm.ts';
import { Capture, capturedRate, EncoderRate } from '../../core/microphone/capture.ts';
import { type Hearing, hearingOf } from '../../host/audio/heard.ts';
import { withSound } from '../../host/audio/sound-file.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';
import { type AddedNoise, NoiseMaker, type NoiseSource } from './added-noise.ts';

/** A level in decibels of full scale, 32768: of the root of the mean square, or of the largest sample. */
export interface SoundLevel {
  readonly decibels: number;
  readonly of: 'rms' | 'peak';
}

/** What is done to recordings before they are heard. */
export interface Surroundings {
  /** Every recording is brought to it, before noise is added; null: as it is. */
  readonly level: SoundLevel | null;
  readonly noise: AddedNoise | null;
}

/** What a player tells of the sound. */
export interface Listener {
  /** The recording of this index begins. */
  begin(index: number): void;
  /** Sound as the feature extractor gets it; valid during the call. */
  push(pcm: Int16Array): void;
  /** Recording and silence are over. @param seconds of the recording alone */
  end(seconds: number): void;
}

const FULL_SCALE = 32768;
/** Seconds of silence behind a recording, at least; enough for window and refractory time to pass. */
const GAP_SECONDS = 0.5;

/** Plays recordings one behind the other. Keeps what it has read of recorded noise. */
export class Player {
  readonly #surroundings: Surroundings;
  readonly #hearing: Hearing;
  readonly #noises: NoiseMaker | null;
  /** Hz of the sound outside. */
  readonly #rate: number;
  /** Samples of silence behind each recording, at that rate. */
  readonly #gap: number;

  constructor(program: SoundProgram, surroundings: Surroundings) {
    const { frontend, detect } = program;
    const { noise } = surroundings;
    this.#surroundings = surroundings;
    this.#hearing = hearingOf(program);
    const { sampleRate, microphone } = this.#hearing;
    this.#noises = noise === null ? null : new NoiseMaker(noise, this.#hearing);
    const frames = (detect.window + detect.refractory) * frontend.hop;
    if (microphone === null) {
      this.#rate = sampleRate;
      this.#gap = Math.max(Math.ceil(GAP_SECONDS * sampleRate), frames);
    } else {
      this.#rate = microphone.numerator / microphone.denominator;
      this.#gap = Math.ceil(this.#rate * Math.max(GAP_SECONDS, frames / capturedRate(microphone)));
    }
  }

  /** From the start of the microphone; a last part of its block is completed. @throws InputError about a file */
  async play(files: readonly string[], listener: Listener): Promise<void> {
    const { microphone, sampleRate } = this.#hearing;
    const capture = microphone === null ? null : new Capture(microphone);
    const push = (pcm: Int16Array) => listener.push(capture === null ? pcm : capture.push(pcm));
    for (const [index, file] of files.entries()) {
      listener.begin(index);
      const seconds = await withSound(file, microphone === null ? sampleRate : undefined, (sound) =>
        this.#recording(sound, index, push),
      );
      listener.end(seconds);
    }
    if (capture !== null) listener.push(capture.end());
  }

  /** @returns its length in seconds */
  async #recording(sound: OpenSound, index: number, push: (pcm: Int16Array) => void): Promise<number> {
    const { level, noise } = this.#surroundings;
    let length = 0;
    if (level === null && noise === null) {
      for (const piece of this.#pieces(sound)) {
        length += piece.length;
        push(piece);
      }
      push(new Int16Array(this.#gap));
      return length / this.#rate;
    }
    const measured = measure(this.#pieces(sound));
    length = measured.length;
    const gain = gainOf(measured, level);
    const place = { index, length, total: length + this.#gap, rate: this.#rate };
    const made = await this.#noises?.at(place);
    const amount = noise === null ? 0 : gain * measured.level * 10 ** (-noise.snr / 20);
    const source = made ?? (() => 0);
    for (const piece of this.#pieces(sound)) push(changed(piece, gain, amount, source));
    push(changed(new Int16Array(this.#gap), gain, amount, source));
    return length / this.#rate;
  }

  *#pieces(sound: OpenSound): Iterable<Int16Array> {
    const { microphone } = this.#hearing;
    if (microphone === null) return yield* sound.pieces();
    const rate = new EncoderRate(microphone, sound.sampleRate);
    for (const piece of sound.pieces()) yield rate.push(piece);
    yield rate.end();
  }
}

interface Measured {
  readonly length: number;
  /** Root of the mean square. */
  readonly level: number;
  /** Largest magnitude. */
  readonly peak: number;
}

function measure(pieces: Iterable<Int16Array>): Measured {
  let [length, sum, peak] = [0, 0, 0];
  for (const piece of pieces) {
    length += piece.length;
    for (const value of piece) {
      sum += value * value;
      peak = Math.max(peak, Math.abs(value));
    }
  }
  return { length, level: length === 0 ? 0 : Math.sqrt(sum / length), peak };
}

/** Silence stays silence. */
function gainOf({ level, peak }: Measured, wanted: SoundLevel | null): number {
  const own = wanted?.of === 'peak' ? peak : level;
  return wanted === null || own === 0 ? 1 : (FULL_SCALE * 10 ** (wanted.decibels / 20)) / own;
}

/** floor(gain x + amount noise + 1/2), saturated. */
function changed(piece: Int16Array, gain: number, amount: number, noise: NoiseSource): Int16Array {
  return Int16Array.from(piece, (sample) => {
    const value = Math.floor(gain * sample + (amount === 0 ? 0 : amount * noise()) + 0.5);
    return Math.max(-32768, Math.min(value, 32767));
  });
}

// SPDX-License-Identifier: Apache-2.0
/**
 * Noise beside a recording: made, of a colour, or recorded, from a place that is drawn; several recordings at once are
 * babble. Its level is the root of its mean square: of recorded noise over the length of the recording, which is what
 * the signal-to-noise ratio is about; of made noise over the silence behind it, too.
 */
import { joined } from '../../core/audio/crop.ts';
import { InputError } from '../../core/base/errors.ts';
import { EncoderRate } from '../../core/microphone/capture.ts';
import type { Hearing } from '../../host/audio/heard.ts';
import { readSound } from '../../host/audio/sound-file.ts';
import { ColourNoise } from '../../training/train/augment/noise.ts';
import type { NoiseColour } from '../../training/train/augment/rules.ts';
import { Random } from '../../training/train/random.ts';

/** Noise that is added to every recording and the silence behind it. */
export interface AddedNoise {
  readonly source:
    | NoiseColour
    /** Recordings, and how many of them at once. */
    | { readonly files: readonly string[]; readonly voices: number };
  /** Decibels from the recording's level down to the noise's. */
  readonly snr: number;
  readonly seed: number;
}

/** Sample after sample, of level 1. */
export type NoiseSource = () => number;

/** Where noise is needed. */
export interface NoisePlace {
  /** Of the recording, which the draw depends on. */
  readonly index: number;
  /** Samples of the recording, and with the silence behind it. */
  readonly length: number;
  readonly total: number;
  /** Hz. */
  readonly rate: number;
}

/** Draws before recordings count as silent. */
const PATIENCE = 64;
/** Samples of recordings that are kept. */
const KEPT = 1 << 24;

/** Noise for one recording after the other; keeps recorded noise that it has read. */
export class NoiseMaker {
  readonly #noise: AddedNoise;
  readonly #hearing: Hearing;
  readonly #kept = new Map<string, Int16Array>();
  #keptSamples = 0;

  constructor(noise: AddedNoise, hearing: Hearing) {
    this.#noise = noise;
    this.#hearing = hearing;
  }

  /** @throws InputError where recorded noise cannot be read, or is silent */
  async at({ index, length, total, rate }: NoisePlace): Promise<NoiseSource> {
    const { source, seed } = this.#noise;
    if (typeof source !== 'string') return this.#recorded(source, new Random(seed, index), length);
    const made = () => {
      const noise = new ColourNoise(source, rate, new Random(seed, index));
      return () => noise.next();
    };
    return ofLevelOne(made, total);
  }

  async #recorded(
    { files, voices }: { readonly files: readonly string[]; readonly voices: number },
    random: Random,
    length: number,
  ): Promise<NoiseSource> {
    const voicesFrom: (() => NoiseSource)[] = [];
    for (let draws = 0; voicesFrom.length < voices; draws++) {
      const file = files[random.below(files.length)] ?? '';
      const samples = await this.#read(file);
      const from = around(samples, random.below(samples.length));
      const level = levelOf(from(), length);
      if (level > 0) voicesFrom.push(() => scaled(from(), 1 / level));
      else if (draws >= PATIENCE) throw new InputError(file, 'is silent, as other recordings of noise are');
    }
    // Voices may reinforce or cancel one another: their sum is measured, too.
    return ofLevelOne(() => {
      const sources = voicesFrom.map((from) => from());
      return () => sources.reduce((sum, source) => sum + source(), 0);
    }, length);
  }

  async #read(file: string): Promise<Int16Array> {
    const kept = this.#kept.get(file);
    if (kept !== undefined) return kept;
    const { sampleRate, microphone } = this.#hearing;
    const sound = await readSound(file, microphone === null ? sampleRate : undefined);
    let samples = sound.samples;
    if (microphone !== null) {
      const rate = new EncoderRate(microphone, sound.sampleRate);
      samples = joined([rate.push(samples), rate.end()]);
    }
    if (this.#keptSamples + samples.length <= KEPT) {
      this.#keptSamples += samples.length;
      this.#kept.set(file, samples);
    }
    return samples;
  }
}

/** A recording from `start` on; one that is too short goes round. */
function around(samples: Int16Array, start: number): () => NoiseSource {
  return () => {
    let at = start;
    return () => {
      const value = samples[at] ?? 0;
      if (++at === samples.length) at = 0;
      return value;
    };
  };
}

function scaled(source: NoiseSource, factor: number): NoiseSource {
  return () => factor * source();
}

function levelOf(source: NoiseSource, length: number): number {
  let sum = 0;
  for (let n = 0; n < length; n++) {
    const value = source();
    sum += value * value;
  }
  return length === 0 ? 0 : Math.sqrt(sum / length);
}

/** @param from the same source from its start, each time */
function ofLevelOne(from: () => NoiseSource, length: number): NoiseSource {
  const level = levelOf(from(), length);
  const source = from();
  return level === 0 ? source : () => source() / level;
}

// SPDX-License-Identifier: Apache-2.0
/**
 * Loudness and noise for features that were computed before: what gain and noise would have done to the samples, but
 * for the phases, which features do not have. A feature is a function of a bin's magnitude (docs/NUMERICS.md); the
 * magnitude is scaled, the power of noise is added, and the function is applied again.
 */
import { Frontend } from '../../../core/frontend/features.ts';
import type { FrontendProgram } from '../../../core/program/frontend-program.ts';
import { at } from '../arrays.ts';
import type { Random } from '../random.ts';
import { noise } from './noise.ts';
import type { AugmentRules, Interval, NoiseColour } from './rules.ts';

const FULL_SCALE = 32768;
/** Level, 10^-2 of full scale, and frames at which the power of noise in each bin is measured. */
const REFERENCE = 0.01;
const FRAMES = 256;
/** Powers of noise that are drawn from: their distribution in a bin is exponential. */
const DRAWS = 1 << 14;

export class LevelAugment {
  readonly #program: FrontendProgram;
  readonly #gain: Interval;
  readonly #noise: AugmentRules['noise'];
  /** Magnitude by feature, in units of the feature extractor's gain. */
  readonly #magnitude: Float32Array;
  /** By colour: power in each bin of noise of full scale. */
  readonly #power: ReadonlyMap<NoiseColour, Float64Array>;
  readonly #draws: Float32Array;
  readonly #silent: Int16Array;

  constructor(program: FrontendProgram, gain: Interval, rules: AugmentRules['noise'], random: Random) {
    this.#program = program;
    this.#gain = gain;
    this.#noise = rules;
    const { scale, divisor } = program.definition;
    this.#magnitude = Float32Array.from({ length: FULL_SCALE }, (_, feature) =>
      scale === 'log2' ? 2 ** ((feature / FULL_SCALE) * divisor) - 1 : feature / FULL_SCALE,
    );
    this.#power = new Map(rules?.colours.map((colour) => [colour, this.#measure(colour, random)]));
    this.#silent = new Int16Array(program.bins);
    new Frontend(program).absolute(new Int16Array(program.frame), 0, this.#silent);
    this.#draws = Float32Array.from({ length: DRAWS }, () => -Math.log(1 - random.unit()));
  }

  /** The features of digital silence, frame by frame, in place. */
  silence(features: Int16Array): void {
    for (let i = 0; i < features.length; i += this.#silent.length) features.set(this.#silent, i);
  }

  /** Adds another sound, so many decibels below the first: powers are added, as where phases are at random. */
  mix(features: Int16Array, other: Int16Array, decibels: number): void {
    const factor = 10 ** (-decibels / 10) * (this.#powerOf(features) / Math.max(1, this.#powerOf(other)));
    for (let i = 0; i < features.length; i++) {
      const power =
        at(this.#magnitude, features[i] ?? 0) ** 2 + factor * at(this.#magnitude, other[i] ?? 0) ** 2;
      features[i] = this.#feature(Math.sqrt(power));
    }
  }

  #powerOf(features: Int16Array): number {
    let sum = 0;
    for (const feature of features) sum += at(this.#magnitude, feature) ** 2;
    return sum;
  }

  #feature(magnitude: number): number {
    const { scale, divisor } = this.#program.definition;
    const feature = scale === 'log2' ? Math.log2(1 + magnitude) / divisor : magnitude;
    return Math.min(32767, Math.floor(feature * FULL_SCALE + 0.5));
  }

  /** Changes whole frames of features, in place. */
  apply(features: Int16Array, random: Random): void {
    const { bins } = this.#program;
    const gain = 10 ** random.uniform(this.#gain.low, this.#gain.high);
    const added = this.#drawNoise(random);
    let draw = random.below(DRAWS);
    for (let i = 0; i < features.length; i++) {
      let loudness = gain * at(this.#magnitude, features[i] ?? 0);
      if (added !== null) {
        const power = at(added, i % bins) * at(this.#draws, draw);
        draw = (draw + 1) % DRAWS;
        loudness = Math.sqrt(loudness * loudness + power);
      }
      features[i] = this.#feature(loudness);
    }
  }

  /** Power in each bin; null: none is added. */
  #drawNoise(random: Random): Float64Array | null {
    if (this.#noise === null) return null;
    const { colours, level } = this.#noise;
    const power = this.#power.get(colours[random.below(colours.length)] ?? 'white');
    const factor = 10 ** (2 * random.uniform(level.low, level.high));
    return power?.map((value) => factor * value) ?? null;
  }

  /** Mean power of noise of full scale in each bin, as the feature extractor finds it. */
  #measure(colour: NoiseColour, random: Random): Float64Array {
    const { frame, hop, bins, sampleRate } = this.#program;
    const values = noise(colour, frame + (FRAMES - 1) * hop, sampleRate, random);
    const pcm = Int16Array.from(values, (value) => Math.round(FULL_SCALE * REFERENCE * value));
    const machine = new Frontend(this.#program);
    const features = new Int16Array(bins);
    const power = new Float64Array(bins);
    for (let t = 0; t < FRAMES; t++) {
      machine.absolute(pcm, t * hop, features);
      features.forEach((feature, k) => {
        power[k] = at(power, k) + at(this.#magnitude, feature) ** 2 / (FRAMES * REFERENCE * REFERENCE);
      });
    }
    return power;
  }
}

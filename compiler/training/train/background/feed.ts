// SPDX-License-Identifier: Apache-2.0
/**
 * Windows of background for the engine: new ones for every epoch from all that trains, some of them from hard places,
 * and the same ones, evenly spread, to validate.
 */

import { Frontend } from '../../../core/frontend/features.ts';
import type { FrontendProgram } from '../../../core/program/frontend-program.ts';
import type { StreamProgram } from '../../../core/program/program.ts';
import type { BackgroundConfig } from '../../background/config.ts';
import type { Frames } from '../../background/frames.ts';
import { type HardPlaces, mine } from '../../background/mine.ts';
import { type SpokenWord, withWordThresholds } from '../../background/word-thresholds.ts';
import { LevelAugment } from '../augment/level.ts';
import { normalizeClip } from '../augment/normalize.ts';
import type { AugmentRules } from '../augment/rules.ts';
import { Random } from '../random.ts';

/** What a training has of background. */
export interface Background {
  readonly config: BackgroundConfig;
  readonly train: Frames;
  readonly validation: Frames;
  /** Of the store's recordings. */
  readonly names: readonly string[];
  /** SHA-256 of the list of recordings and of their sets. */
  readonly digest: string;
}

/** A round of mining, for people and training.json. */
export interface MiningRecord {
  /** Before this epoch, from 0. */
  readonly epoch: number;
  /** Stretches of about a second that fired or nearly did. */
  readonly hard: number;
  /** Events with thresholds that miss a tenth of the words that validate. */
  readonly events: number;
  readonly hours: number;
  readonly eventsPerHour: number;
  readonly seconds: number;
}

/** Share of the words that the thresholds of mining miss. */
const MISSED = 0.1;
/** Streams of chance, see epoch.ts and augment/features-task.ts. */
const WINDOWS = 5;
const LEVELS = 6;
const MIXES = 7;
/** Share of a window behind which a hard place lies: the network has to have listened before it. */
const EARLIEST = 0.4;
/** Frames before a window that a normalizer's levels follow: two seconds at 16 ms. */
const LEAD = 128;
/** Seconds of a piece in silence, and those of them behind a hard place: a smoothed posterior comes late. */
const PIECE = { low: 0.3, high: 1.5 };
const BEHIND = { low: -0.4, high: 0.3 };

export class BackgroundFeed {
  readonly #background: Background;
  readonly #level: LevelAugment;
  readonly #frontend: FrontendProgram;
  readonly #machine: Frontend;
  readonly #steps: number;
  readonly #seed: number;

  constructor(
    background: Background,
    frontend: FrontendProgram,
    steps: number,
    augment: AugmentRules | null,
    seed: number,
  ) {
    this.#background = background;
    this.#frontend = frontend;
    this.#machine = new Frontend(frontend);
    this.#steps = steps;
    this.#seed = seed;
    this.#level = new LevelAugment(
      frontend,
      background.config.gain,
      augment?.noise ?? null,
      new Random(seed, LEVELS),
    );
  }

  /** Whether the weights listen before this epoch. */
  isDue(epoch: number): boolean {
    const { every } = this.#background.config;
    return every !== null && epoch % every === 0;
  }

  /** @param target room for windows, each steps x bins */
  fill(target: Int16Array, epoch: number, hard: HardPlaces | null): void {
    const { train, config } = this.#background;
    const { bins } = this.#frontend;
    const size = this.#steps * bins;
    const random = new Random(this.#seed, WINDOWS, epoch);
    const last = Math.max(0, train.count - this.#steps);
    const sums = hard === null ? new Float64Array(0) : cumulated(hard.scores);
    const other = new Int16Array(size + LEAD * bins);
    for (let at = 0; at < target.length; at += size) {
      const window = target.subarray(at, at + size);
      const isHard = sums.length > 0 && random.unit() < config.mined;
      const before = Math.floor(this.#steps * random.uniform(EARLIEST, 1));
      const drawn = isHard ? (hard?.frames[pick(sums, random)] ?? 0) - before : random.below(last + 1);
      const whole = this.#leading(train, Math.max(0, Math.min(drawn, last)), window);
      const lead = (whole.length - size) / bins;
      if (random.unit() < config.pieces) this.#silenceAround(lead + before, whole, random);
      this.#perhapsMix(whole, other.subarray(0, whole.length), random);
      this.#level.apply(whole, random);
      this.#normalize(whole, window);
    }
  }

  /**
   * Other sound behind some of the words, which were renewed, and their normalization.
   * @param features steps x bins for each word, before normalization; are changed; @param round names the renewal
   */
  mixInto(features: Int16Array, round: number): void {
    const size = this.#steps * this.#frontend.bins;
    const other = new Int16Array(size);
    for (let clip = 0; (clip + 1) * size <= features.length; clip++) {
      const random = new Random(this.#seed, MIXES, round, clip);
      const own = features.subarray(clip * size, (clip + 1) * size);
      this.#perhapsMix(own, other, random);
      normalizeClip(this.#machine, own, random);
    }
  }

  /** Fills the target with windows at even distances, as they are. */
  fillValidation(target: Int16Array): void {
    const { validation } = this.#background;
    const size = this.#steps * this.#frontend.bins;
    const count = target.length / size;
    const last = Math.max(0, validation.count - this.#steps);
    for (let i = 0; i < count; i++) {
      const start = Math.floor((last * i) / Math.max(1, count - 1));
      const window = target.subarray(i * size, (i + 1) * size);
      this.#normalize(this.#leading(validation, start, window), window);
    }
  }

  /** @param words that validate */
  async mine(
    program: StreamProgram,
    words: readonly SpokenWord[],
    epoch: number,
  ): Promise<{ places: HardPlaces; record: MiningRecord }> {
    const began = performance.now();
    const { train } = this.#background;
    const listener = withWordThresholds(program, this.#frontend, words, MISSED);
    const { places, events } = await mine(listener, train);
    const { hop, sampleRate } = this.#frontend;
    const hours = (train.count * hop) / sampleRate / 3600;
    const record = {
      ...{ epoch, hard: places.frames.length, events, hours, eventsPerHour: events / hours },
      seconds: (performance.now() - began) / 1000,
    };
    return { places, record };
  }

  /** @param other room for a window */
  #perhapsMix(window: Int16Array, other: Int16Array, random: Random): void {
    const { train, config } = this.#background;
    const { probability, low, high, places } = config.mix;
    if (random.unit() >= probability) return;
    const draw = (target: Int16Array) =>
      this.#read(train, random.below(Math.max(0, train.count - this.#steps) + 1), target);
    draw(other);
    // One place draws no number: trainings of before are repeated to the bit.
    const more = places === 1 ? 0 : random.below(places);
    const voice = new Int16Array(more === 0 ? 0 : other.length);
    for (let before = 1; before <= more; before++) {
      draw(voice);
      this.#level.mix(other, voice, 10 * Math.log10(before)); // as loud as each before it
    }
    this.#level.mix(window, other, random.uniform(low, high));
  }

  /** Leaves a piece of the window, about the frame `middle`. */
  #silenceAround(middle: number, window: Int16Array, random: Random): void {
    const { bins, hop, sampleRate } = this.#frontend;
    const framesOf = (seconds: number) => Math.round((seconds * sampleRate) / hop);
    const end = middle + framesOf(random.uniform(BEHIND.low, BEHIND.high));
    const start = end - framesOf(random.uniform(PIECE.low, PIECE.high));
    this.#level.silence(window.subarray(0, Math.max(0, start) * bins));
    this.#level.silence(window.subarray(Math.max(0, Math.min(end, window.length / bins)) * bins));
  }

  /** A window's features before normalization, behind those of the frames that a normalizer's levels follow. */
  #leading(frames: Frames, start: number, window: Int16Array): Int16Array {
    const { bins, normalizer } = this.#frontend;
    const lead = normalizer === null ? 0 : Math.min(start, LEAD);
    const whole = lead === 0 ? window : new Int16Array(lead * bins + window.length);
    this.#read(frames, start - lead, whole);
    return whole;
  }

  /** The end of `whole`, normalized, becomes the window. */
  #normalize(whole: Int16Array, window: Int16Array): void {
    normalizeClip(this.#machine, whole, null);
    if (whole !== window) window.set(whole.subarray(whole.length - window.length));
  }

  /** A background shorter than the window is followed by silence. */
  #read(frames: Frames, start: number, window: Int16Array): void {
    const length = Math.min(window.length, (frames.count - start) * this.#frontend.bins);
    frames.read(start, window.subarray(0, length));
    window.fill(0, length);
  }
}

/** Sums of the squares: what is nearest to an event, or is one, is drawn most. Their unit is of no matter. */
function cumulated(scores: Int32Array): Float64Array {
  let sum = 0;
  return Float64Array.from(scores, (score) => (sum += score ** 2));
}

function pick(sums: Float64Array, random: Random): number {
  const wanted = random.unit() * (sums[sums.length - 1] ?? 0);
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

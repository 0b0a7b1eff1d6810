// SPDX-License-Identifier: Apache-2.0
/** Several channels as one: their mean or, where they cancel one another, the one that carries the sound. */
import type { Block, Notes, SoundSource } from './source.ts';

/** What one look at a whole recording tells. */
export interface Survey {
  /** Of every channel, as decoded. */
  readonly frames: number;
  /** The channel that stands for all; null: their mean. */
  readonly channel: number | null;
  /** Mean of the mixed samples, in 16-bit steps. */
  readonly mean: number;
  /** Mean square of what is left without the mean. */
  readonly variance: number;
  /** Largest magnitude of the mixed samples, in 16-bit steps. */
  readonly peak: number;
}

/** Sums over the samples of one channel, or of the mean of all. */
interface Sums {
  sum: number;
  squares: number;
  peak: number;
}

/** The mean of the channels counts as cancelled below this share of the energy of the loudest: 12 dB. */
const CANCELLED = 1 / 16;

/** Reads a recording from its start to its end; what is assumed of its channels is added to the notes. */
export function survey(source: SoundSource, notes: Notes): Survey {
  const { channels } = source;
  const each: Sums[] = Array.from({ length: channels + 1 }, () => ({ sum: 0, squares: 0, peak: 0 }));
  const mean = each[channels] as Sums;
  let frames = 0;
  for (const block of source.blocks()) {
    const all = mixOf(block, null);
    if (channels > 1) for (const [i, samples] of block.entries()) gather(each[i] as Sums, samples);
    gather(mean, all);
    frames += all.length;
  }
  /** Without its constant part, which is no sound. */
  const energy = ({ sum, squares }: Sums) => squares - (sum / frames) * sum;
  const result = (sums: Sums, channel: number | null): Survey => ({
    frames,
    channel,
    mean: sums.sum / frames,
    variance: energy(sums) / frames,
    peak: sums.peak,
  });
  if (channels === 1) return result(mean, null);
  const loudest = each.slice(0, channels).reduce((best, sums, i, all) => {
    return energy(sums) > energy(all[best] as Sums) ? i : best;
  }, 0);
  const chosen = each[loudest] as Sums;
  const cancels = energy(mean) < CANCELLED * energy(chosen);
  if (cancels)
    notes.add('cancelled channels', `its ${channels} channels cancel; channel ${loudest + 1} is taken`);
  return cancels ? result(chosen, loudest) : result(mean, null);
}

function gather(sums: Sums, samples: Float64Array): void {
  let { sum, squares, peak } = sums;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i] as number;
    sum += value;
    squares += value * value;
    if (value > peak) peak = value;
    else if (-value > peak) peak = -value;
  }
  sums.sum = sum;
  sums.squares = squares;
  sums.peak = peak;
}

const room = { mixed: new Float64Array(0) };

/** Samples are limited to 16 bits before they are added up. Valid until the next call. */
function mixOf(block: Block, channel: number | null): Float64Array {
  const frames = block[0]?.length ?? 0;
  if (room.mixed.length < frames) room.mixed = new Float64Array(frames);
  const mixed = room.mixed.subarray(0, frames);
  const taken = channel === null ? block : block.slice(channel, channel + 1);
  taken.forEach((samples, i) => {
    for (let n = 0; n < frames; n++) {
      const value = Math.max(-32768, Math.min(32767, samples[n] as number));
      mixed[n] = i === 0 ? value : (mixed[n] as number) + value;
    }
  });
  if (taken.length > 1) for (let n = 0; n < frames; n++) mixed[n] = (mixed[n] as number) / taken.length;
  return mixed;
}

/** The blocks of a recording as one channel, in 16-bit steps. Each is valid until the next one is asked for. */
export function* mixed(source: SoundSource, channel: number | null): Iterable<Float64Array> {
  for (const block of source.blocks()) yield mixOf(block, channel);
}

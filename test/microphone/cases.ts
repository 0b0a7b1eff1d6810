// SPDX-License-Identifier: Apache-2.0
/** What microphones deliver, for every implementation to be compared on. */
import { resample } from '../../compiler/core/audio/resample.ts';
import { AdcDecimator, AdcEncoder } from '../../compiler/core/microphone/adc.ts';
import { I2sDecimator, I2sEncoder } from '../../compiler/core/microphone/i2s.ts';
import { PdmDecimator } from '../../compiler/core/microphone/pdm.ts';
import { PdmEncoder, packBits } from '../../compiler/core/microphone/pdm-encoder.ts';
import { findClips } from '../../compiler/host/audio/clips.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import type { Kind } from '../support/chips/mic-chip.ts';
import { Random } from '../support/random.ts';
import { DIGITS } from '../support/shared.ts';

export type Input = Uint16Array | Int32Array;
export const LENGTH = { pdm: 250, i2s: 64, adc: 64 } as const;
/** The least and the largest element. */
export const RANGE = { pdm: [0, 0xffff], i2s: [-(2 ** 31), 2 ** 31 - 1], adc: [0, 4095] } as const;

export interface Decimator {
  block(input: Input, pcm: Int16Array): void;
  reset(): void;
}

export function decimator(kind: Kind): Decimator {
  const made = { pdm: PdmDecimator, i2s: I2sDecimator, adc: AdcDecimator }[kind];
  return new made() as Decimator;
}

export function inputOf(kind: Kind, elements: ArrayLike<number>): Input {
  return kind === 'i2s' ? Int32Array.from(elements) : Uint16Array.from(elements);
}

/** Everything that the elements hold, decimated; a last part of a block is dropped. */
export function decimate(kind: Kind, elements: Input): Int16Array {
  const one = decimator(kind);
  const blocks = Math.floor(elements.length / LENGTH[kind]);
  const all = new Int16Array(32 * blocks);
  for (let i = 0; i < blocks; i++) {
    const from = i * LENGTH[kind];
    one.block(elements.subarray(from, from + LENGTH[kind]), all.subarray(32 * i, 32 * i + 32));
  }
  return all;
}

/** Samples at 8 kHz (pdm) or 16 kHz to what the microphone delivers. */
export function encode(kind: Kind, pcm: Int16Array): Input {
  if (kind === 'i2s') return new I2sEncoder({ offset: -300_000 }).encode(pcm);
  if (kind === 'adc') return new AdcEncoder({ offset: 70 }).encode(pcm);
  return packBits(new PdmEncoder().encode(pcm));
}

/** Extremes, square waves, alternation and noise, in blocks that follow one another. */
export function blocks(kind: Kind, seed: number): Input[] {
  const random = new Random(seed);
  const [low, high] = RANGE[kind];
  const length = LENGTH[kind];
  const all: Input[] = [];
  const add = (element: (i: number) => number, times = 1) => {
    for (let n = 0; n < times; n++) {
      all.push(
        inputOf(
          kind,
          Array.from({ length }, (_, i) => element(n * length + i)),
        ),
      );
    }
  };
  const noise = () => random.between(low, high);
  add(noise, 4);
  add(() => low, 3);
  add(() => high, 3);
  for (const half of [1, 2, 3, 16, 50, 64]) add((i) => (Math.floor(i / half) % 2 === 0 ? high : low), 2);
  add(() => (kind === 'pdm' ? 0x5555 : 0), 2);
  add(noise, 6);
  return all;
}

/** A recording as a signal at the microphone. */
export function recordedBlocks(kind: Kind, count: number): Input[] {
  const { samples } = readWav(findClips([DIGITS])[0] ?? '');
  const pcm =
    kind === 'pdm' ? samples : Int16Array.from(resample(Float64Array.from(samples), 8000, 16000), Math.round);
  const elements = encode(kind, pcm);
  const most = Math.min(count, Math.floor(elements.length / LENGTH[kind]));
  return Array.from({ length: most }, (_, i) => elements.slice(i * LENGTH[kind], (i + 1) * LENGTH[kind]));
}

// SPDX-License-Identifier: Apache-2.0
/** Front ends and frames that every implementation is compared on. */
import type {
  FrameSize,
  FrontendDefinition,
  FrontendProgram,
} from '../../compiler/core/program/frontend-program.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { Random } from '../support/random.ts';

export const FRAMES = [64, 128, 256] as const;

export function definition(more: Partial<FrontendDefinition> = {}): FrontendDefinition {
  const frame = more.frame ?? 128;
  const base = {
    sampleRate: 8000,
    frame,
    hop: frame,
    window: 'hann',
    bins: frame / 2,
    scale: 'log2',
  } as const;
  return { ...base, gain: 8, divisor: 9, ...more };
}

/** Every frame size, window and scale, with ordinary and odd gains, few, all and all but one bins. */
export function programs(): FrontendProgram[] {
  return FRAMES.flatMap((frame) => {
    const shapes: Partial<FrontendDefinition>[] = [
      {},
      { window: 'rect', scale: 'linear', gain: 1 / 32, divisor: 1, bins: frame / 2 + 1 },
      { window: 'rect', gain: 0.37, divisor: 3.1, bins: frame / 2 - 1 },
      { scale: 'linear', gain: 5, divisor: 1, bins: frame / 4 },
      { gain: 1e6, divisor: 0.01, bins: frame / 4 + 1 },
      { window: 'rect', gain: 1e-6, divisor: 1, bins: 1 },
      { gain: 3000, divisor: 40, bins: frame / 4 + 2 },
      { scale: 'linear', gain: 1e7, divisor: 1, bins: 2 },
    ];
    shapes.push(...normalizing(frame));
    return shapes.map((shape) => quantizeFrontend(definition({ frame, ...shape })));
  });
}

/** Bands, levels, and both; quick and slow ones, every gain, ends of the ranges. */
function normalizing(frame: FrameSize): Partial<FrontendDefinition>[] {
  const wide = { gain: 4096, divisor: 18 };
  const mel = { scale: 'mel', from: 60, to: 4000 } as const;
  const level = { over: 'frame', rise: 0, fall: 8, floor: 11468, center: 16384, gain: 2 } as const;
  return [
    { ...wide, bins: 32, bands: mel },
    { ...wide, bins: Math.min(40, frame / 2), window: 'rect', bands: { scale: 'mel', from: 0, to: 3900.5 } },
    { scale: 'linear', gain: 1 / 32, divisor: 1, bins: 16, bands: { scale: 'mel', from: 300, to: 3400 } },
    { ...wide, bins: 32, bands: mel, normalize: level },
    { ...wide, bins: 24, bands: mel, normalize: { ...level, over: 'band', rise: 6, center: 3000, gain: 4 } },
    { ...wide, normalize: { ...level, rise: 2, fall: 0, floor: 0, center: 32767, gain: 1 } },
    { normalize: { over: 'band', rise: 10, fall: 10, floor: 0, center: 0, gain: 8 } },
    {
      bins: frame / 2 + 1,
      normalize: { over: 'band', rise: 1, fall: 10, floor: 32767, center: 32767, gain: 8 },
    },
  ];
}

/** Anything that the definition allows. */
export function randomPrograms(count: number, seed: number): FrontendProgram[] {
  const random = new Random(seed);
  const one = () => {
    const frame = random.pick(FRAMES);
    const isMel = random.chance(0.6);
    const from = random.between(0, 1500);
    const bands = { scale: 'mel', from, to: random.between(from + 1000, 4000) } as const;
    const normalize = {
      over: random.pick(['band', 'frame'] as const),
      ...{ rise: random.between(0, 10), fall: random.between(0, 10), gain: random.pick([1, 2, 4, 8]) },
      ...{ floor: random.pick([0, 32767, random.between(0, 32767)]), center: random.between(0, 32767) },
    };
    return quantizeFrontend(
      definition({
        ...{ frame, window: random.pick(['hann', 'rect'] as const) },
        ...{ gain: 2 ** random.between(-3, 13), divisor: random.between(4, 20) },
        bins: isMel ? random.between(16, Math.min(40, frame / 2)) : random.between(1, frame / 2 + 1),
        ...(isMel ? { bands } : {}),
        ...(random.chance(0.8) ? { normalize } : {}),
      }),
    );
  };
  return Array.from({ length: count }, one);
}

/** Extremes, then random frames of every level. */
export function pcmFrames(frame: number, random: number, seed: number): Int16Array[] {
  const fill = (value: (n: number) => number) => Int16Array.from({ length: frame }, (_, n) => value(n));
  const frames = [
    fill(() => 0),
    fill(() => -32768),
    fill(() => 32767),
    fill((n) => (n % 2 === 0 ? 32767 : -32768)),
    fill((n) => (n % 4 < 2 ? -32768 : 32767)),
    fill((n) => (n % 8 < 4 ? -32768 : 32767)),
    fill((n) => (n < frame / 2 ? -32768 : 32767)),
    fill(() => 1),
    fill(() => -1),
    ...[0, 1, frame / 2, frame - 1].flatMap((at) =>
      [1, -1, 32767, -32768].map((value) => fill((n) => (n === at ? value : 0))),
    ),
    ...[1, 5.5, frame / 8, frame / 4, frame / 2 - 1].map((k) =>
      fill((n) => Math.round(32767 * Math.sin((2 * Math.PI * k * n) / frame))),
    ),
  ];
  const source = new Random(seed);
  for (let i = 0; i < random; i++) {
    const shift = i % 16;
    const square = i % 3 === 0;
    frames.push(fill(() => (square ? source.pick([-32768, 32767]) : source.between(-32768, 32767)) >> shift));
  }
  return frames;
}

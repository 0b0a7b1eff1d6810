// SPDX-License-Identifier: Apache-2.0
/**
 * The feature extractor on the emulated Cortex-M0+: portable C and assembly give the features of the TypeScript feature
 * extractor, with interrupts at any point too, and in how many cycles. About 15 s.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cutClip } from '../../compiler/core/audio/crop.ts';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import type { FrontendDefinition, FrontendProgram } from '../../compiler/core/program/frontend-program.ts';
import { quantizeFrontend } from '../../compiler/core/quant/frontend.ts';
import { Samd21 } from '../../compiler/emulator/samd21/samd21.ts';
import { findClips, spread } from '../../compiler/host/audio/clips.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { runtimeText } from '../../compiler/host/files/runtime.ts';
import { type Elf, parseElf, symbolAddress } from '../../compiler/machines/image/elf.ts';
import { buildImage } from '../../compiler/machines/toolchain/arm.ts';
import { smallBuild } from '../support/arm-image.ts';
import { lacking } from '../support/needs.ts';
import { Random } from '../support/random.ts';
import { DIGITS, lackingRecordings } from '../support/shared.ts';
import { definition, pcmFrames, programs } from './cases.ts';

/** Where the test keeps a program: behind the memory and the stack that the image uses. */
const STRUCT = 0x20002000;
const NORMALIZER = 0x20002040;
const BANDS = 0x20002060;
const CURVE = 0x20002600;

const runtime = [
  'egru_frontend.h',
  'egru_frontend_stages.h',
  'egru_frontend_tables.h',
  'egru_frontend.c',
  'egru_frontend_bands.c',
  'egru_frontend_stages.c',
  'egru_frontend_tables.c',
  'egru_config.h',
  'egru_target.h',
  'egru_frontend_m0.h',
  'egru_frontend_m0_first.S',
  'egru_frontend_m0.S',
  'egru_frontend_m0_features.S',
].map((name) => ({ path: `src/${name}`, text: runtimeText(name) }));

async function build(defines: readonly string[], optimize: '-O2' | '-O3' | '-Os' = '-O2'): Promise<Elf> {
  const source = readFileSync(packagePath('test', 'frontend', 'chip.c'), 'utf8');
  const image = await buildImage({ ...smallBuild(source, runtime), defines, optimize });
  return parseElf(image.elf, 'frontend.elf');
}

class Chip {
  readonly #chip: Samd21;
  readonly #image: Elf;
  readonly #program: FrontendProgram;
  #cycles = 0;
  #first = true;

  constructor(image: Elf, program: FrontendProgram) {
    const chip = new Samd21({ segments: image.segments, vectorTable: 0 });
    this.#chip = chip;
    this.#image = image;
    this.#program = program;
    const started = { cycle: 0 };
    this.#first = true;
    const taps = program.window === 'hann' ? this.#address(`egru_hann_${program.frame}`) : 0;
    this.#halfwords(STRUCT + 4, [program.frame, program.hop, program.bins, program.minShift]);
    const { bands, normalizer } = program;
    this.#words(STRUCT + 12, [taps, CURVE, bands === null ? 0 : BANDS, normalizer === null ? 0 : NORMALIZER]);
    if (bands !== null) {
      const [first, count] = [BANDS + 12, BANDS + 12 + program.bins];
      this.#words(BANDS, [first, count, count + program.bins]);
      this.#bytes(first, [...bands.first, ...bands.count, ...bands.weights]);
    }
    if (normalizer !== null) {
      const { levels, floor, center, rise, fall, gainShift } = normalizer;
      this.#halfwords(NORMALIZER, [levels, floor, center, rise | (fall << 8), gainShift]);
    }
    this.#words(CURVE, program.curve);
    this.#words(this.#address('test_frontend'), [STRUCT]);
    chip.hook(this.#address('egru_frontend_frame'), () => {
      started.cycle = chip.cycles;
    });
    chip.hook(this.#address('test_done'), () => {
      this.#cycles = chip.cycles - started.cycle - BL;
      chip.stop();
    });
  }

  /** Features of one frame. odd: the samples are 2-byte, not 4-byte aligned. interruptAfter: cycles from now. */
  frame(pcm: Int16Array, odd = false, interruptAfter?: number): number[] {
    this.#words(this.#address('test_offset'), [odd ? 1 : 0]);
    this.#words(this.#address('test_first'), [this.#first ? 1 : 0]);
    this.#first = false;
    this.#halfwords(this.#address('test_pcm') + (odd ? 2 : 0), pcm);
    const features = this.#address('test_features');
    const count = this.#program.bins;
    this.#halfwords(
      features,
      Array.from({ length: 130 }, () => 0x7777),
    );
    if (interruptAfter !== undefined) this.#chip.interruptAt(this.#chip.cycles + interruptAfter, 0);
    expect(this.#chip.run(1_000_000)).toBe('stopped');
    const read = (i: number) => (this.#chip.peek16(features + 2 * i) << 16) >> 16;
    expect(read(count)).toBe(0x7777);
    return Array.from({ length: count }, (_, i) => read(i));
  }

  /** Of the last frame, from the first instruction of egru_frontend_frame to its return. */
  get cycles(): number {
    return this.#cycles;
  }

  #address(name: string): number {
    return symbolAddress(this.#image, name);
  }

  #bytes(address: number, values: readonly number[]): void {
    values.forEach((value, i) => {
      this.#chip.poke8(address + i, value);
    });
  }

  #halfwords(address: number, values: Iterable<number>): void {
    let at = address;
    for (const value of values) {
      this.#chip.poke8(at++, value & 255);
      this.#chip.poke8(at++, (value >> 8) & 255);
    }
  }

  #words(address: number, values: Iterable<number>): void {
    let at = address;
    for (const value of values) {
      this.#halfwords(at, [value & 0xffff, value >>> 16]);
      at += 4;
    }
  }
}

/** The call of test_done, which stands between the return and the hook. */
const BL = 3;

describe.skipIf(lacking('arm'))('on the emulated Cortex-M0+ (needs gcc-arm-none-eabi)', () => {
  test.each([
    ['assembly', []],
    ['portable C', ['EGRU_PORTABLE']],
  ])('%s gives the features of the TypeScript feature extractor', async (_, defines) => {
    const image = await build(defines);
    programs().forEach((program, seed) => {
      const chip = new Chip(image, program);
      const frontend = new Frontend(program);
      const features = new Int16Array(program.bins);
      pcmFrames(program.frame, 16, seed).forEach((pcm, i) => {
        frontend.frame(pcm, 0, features);
        const got = chip.frame(pcm, i % 2 === 1);
        if (!got.every((value, bin) => value === features[bin])) {
          const { frame, window, bins } = program;
          expect.fail(
            `frame size ${frame}, ${window}, ${bins} bins, frame ${i}:\nchip       ${got.join(' ')}\nTypeScript ${features.join(' ')}`,
          );
        }
      });
    });
  });

  test('an interrupt changes nothing, wherever it falls', async () => {
    const program = quantizeFrontend(definition());
    const chip = new Chip(await build([]), program);
    const random = new Random(5);
    const pcm = Int16Array.from({ length: 128 }, () => random.between(-20000, 20000));
    const expected = chip.frame(pcm);
    const quiet = chip.cycles;
    for (let after = 30; after < quiet; after += 1 + (random.next() % 40)) {
      expect(chip.frame(pcm, false, after)).toEqual(expected);
      expect(chip.cycles).toBeGreaterThan(quiet);
    }
  });

  test('the code calls no helper of the compiler: no division, no 64-bit arithmetic', async () => {
    for (const defines of [[], ['EGRU_PORTABLE']]) {
      const { symbols } = await build(defines);
      expect(symbols.map(({ name }) => name).filter((name) => name.startsWith('__'))).toEqual([]);
    }
  });

  test('bands and levels take at most 4,000 cycles more than 64 bins', async () => {
    const image = await build([]);
    const most = (more: Partial<FrontendDefinition>) => {
      const chip = new Chip(image, quantizeFrontend(definition(more)));
      const cycles = pcmFrames(128, 48, 3).map((pcm) => {
        chip.frame(pcm);
        return chip.cycles;
      });
      return Math.max(...cycles);
    };
    const plain = most({});
    const [mel, level] = [
      { scale: 'mel', from: 60, to: 4000 } as const,
      { over: 'frame', rise: 0, fall: 8, floor: 11468, center: 16384, gain: 2 } as const,
    ];
    const costs = [
      { bins: 16, bands: mel },
      { bins: 32, bands: mel },
      { bins: 40, bands: mel },
      { bins: 32, bands: mel, normalize: level },
      { bins: 32, bands: mel, normalize: { ...level, over: 'band' as const } },
      { bins: 40, bands: mel, normalize: { ...level, over: 'band' as const } },
      { normalize: level },
      { normalize: { ...level, over: 'band' as const } },
    ].map((more) => most({ gain: 4096, divisor: 18, ...more }) - plain);
    console.log(plain, costs);
    expect(Math.max(...costs)).toBeLessThanOrEqual(4000);
  });

  test.skipIf(lackingRecordings())(
    '128 samples with log2 take at most 9,200 cycles at worst (needs ../shared/data/spoken-digits)',
    async () => {
      const program = quantizeFrontend(definition());
      const chip = new Chip(await build([]), program);
      const counts = [true, false].map((odd) => {
        let [frames, sum, most] = [0, 0, 0];
        for (const file of spread(findClips([DIGITS]), 20)) {
          const clip = cutClip(readWav(file).samples, 128, 128, 64);
          for (let offset = 0; offset < clip.length; offset += 128) {
            const pcm = clip.subarray(offset, offset + 128);
            if (pcm.every((sample) => sample === 0)) continue;
            chip.frame(pcm, odd);
            frames++;
            sum += chip.cycles;
            most = Math.max(most, chip.cycles);
          }
        }
        return { mean: sum / frames, most };
      });
      expect(counts[1]?.most).toBeLessThanOrEqual(9200);
      expect(counts[1]?.mean).toBeLessThanOrEqual(9000);
      expect(counts[0]?.most).toBeLessThanOrEqual(10500); // samples 2-byte aligned
    },
  );
});

// SPDX-License-Identifier: Apache-2.0
/** A decimator of runtime-c/microphone/egru_mic.h alone on the emulated chip. */
import { readFileSync } from 'node:fs';
import { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { runtimeText } from '../../../compiler/host/files/runtime.ts';
import { type Elf, parseElf, symbolAddress } from '../../../compiler/machines/image/elf.ts';
import { buildImage } from '../../../compiler/machines/toolchain/arm.ts';
import { smallBuild } from '../arm-image.ts';

export const KINDS = ['pdm', 'i2s', 'adc'] as const;
export type Kind = (typeof KINDS)[number];

const FILES = [
  ...['egru_mic.h', 'egru_mic_filters.h', 'egru_mic_pdm.c', 'egru_mic_i2s.c', 'egru_mic_adc.c'],
  ...['egru_mic_half.c', 'egru_mic_tables.c', 'egru_mic_pdm_m0.S', 'egru_mic_half_m0.S'],
  ...['egru_mic_m0.h', 'egru_frontend_m0.h', 'egru_config.h', 'egru_target.h'],
];
/** The two calls between which the test's hooks stand: `bl` to the block and `bl` to test_done. */
const CALLS = 6;

export async function buildMic(
  defines: readonly string[] = [],
  optimize: '-O2' | '-Os' = '-O2',
): Promise<Elf> {
  const runtime = FILES.map((name) => ({
    path: `src/${name}`,
    text: runtimeText(name),
  }));
  const source = readFileSync(packagePath('test', 'microphone', 'chip.c'), 'utf8');
  const image = await buildImage({ ...smallBuild(source, runtime), defines, optimize });
  return parseElf(image.elf, 'mic.elf');
}

export class MicChip {
  /** Of the last block, from the first instruction of egru_mic_*_block to its return. */
  cycles = 0;
  /** Lines of flash that it entered. */
  lines = 0;
  readonly #chip: Samd21;
  readonly #input: number;
  readonly #pcm: number;

  constructor(image: Elf, kind: Kind) {
    const chip = new Samd21({ segments: image.segments, vectorTable: 0 });
    const address = (name: string) => symbolAddress(image, name);
    this.#chip = chip;
    this.#input = address('test_input');
    this.#pcm = address('test_pcm');
    chip.poke8(address('test_kind'), KINDS.indexOf(kind));
    const start = { cycle: 0, line: 0 };
    chip.hook(address(`egru_mic_${kind}_block`), () => {
      start.cycle = chip.cycles;
      start.line = chip.flashLines;
    });
    chip.hook(address('test_done'), () => {
      this.cycles = chip.cycles - start.cycle - CALLS / 2;
      this.lines = chip.flashLines - start.line;
      chip.stop();
    });
  }

  /** Bytes of stack that the deepest call has used. */
  get stack(): number {
    return 0x20001000 - this.#chip.lowestStack;
  }

  /** One block. interruptAfter: cycles from now. @throws Error where it does not end, or writes beside the samples */
  block(input: ArrayBufferView, interruptAfter?: number): Int16Array {
    const chip = this.#chip;
    const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    for (let i = 0; i < bytes.length; i++) chip.poke8(this.#input + i, bytes[i] ?? 0);
    for (let i = 0; i < 68; i++) chip.poke8(this.#pcm + i, 0x77);
    if (interruptAfter !== undefined) chip.interruptAt(chip.cycles + interruptAfter, 0);
    if (chip.run(10_000_000) !== 'stopped') throw new Error('the block does not end');
    if (chip.peek16(this.#pcm + 64) !== 0x7777) throw new Error('the block has written beside its samples');
    return Int16Array.from({ length: 32 }, (_, i) => (chip.peek16(this.#pcm + 2 * i) << 16) >> 16);
  }
}

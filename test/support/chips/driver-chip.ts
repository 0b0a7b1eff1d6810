// SPDX-License-Identifier: Apache-2.0
/** The microphone drivers of the firmware on the emulated chip, with a harness in place of application and decimators. */
import { readFileSync } from 'node:fs';
import { Samd21, type Silicon } from '../../../compiler/emulator/samd21/samd21.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { folder, headerFolders } from '../../../compiler/machines/firmware/sources.ts';
import { type Elf, parseElf, symbolAddress } from '../../../compiler/machines/image/elf.ts';
import { type BuildFile, buildImage } from '../../../compiler/machines/toolchain/arm.ts';

export type Interface = 'i2s' | 'pdm' | 'adc';

/** Bytes of a raw value, and values per block. */
export const FORMAT = { i2s: [4, 64], pdm: [2, 250], adc: [2, 64] } as const;
/** Core cycles per value at the drivers' rates: 64 bits of 46 cycles, 16 bits of 47 cycles, 48 MHz / 16 kHz. */
export const CYCLES = { i2s: 64 * 46, pdm: 16 * 47, adc: 3000 } as const;

const PINS = {
  i2s: { SCK: [0, 10], FS: [0, 11], SD: [0, 7] },
  pdm: { SCK: [0, 10], SD: [0, 8] },
  adc: { ADC: [0, 2] },
} as const;

/** What the harness's loop is asked to do (test/emulator/target/mic-harness.c). */
const REQUESTS = { RUN: 0, STOP: 1, RESTART: 2 } as const;

function boardHeader(microphone: Interface, crystal: number): string {
  const facts = new Map<string, number>([
    ...[['CRYSTAL', crystal] as const, ['LED_PORT', 0] as const, ['LED_PIN', 17] as const],
    ...(['i2s', 'pdm', 'adc'] as const).map(
      (name) => [`MIC_${name.toUpperCase()}`, name === microphone ? 1 : 0] as const,
    ),
    ...Object.entries<readonly [number, number]>(PINS[microphone]).flatMap(
      ([name, [port, pin]]) =>
        [
          [`MIC_${name}_PORT`, port],
          [`MIC_${name}_PIN`, pin],
        ] as const,
    ),
    ...[['MIC_CLOCK', 0] as const, ['MIC_SERIALIZER', microphone === 'pdm' ? 1 : 0] as const],
    ['MIC_ADC_AIN', 0],
  ]);
  return [...facts].map(([name, value]) => `#define BOARD_${name} ${value}u\n`).join('');
}

function drivers(): BuildFile[] {
  return [...folder('firmware/samd21'), ...folder('firmware/hal')].filter(({ path }) =>
    /\/(startup|clock|dmac|i2s|adc|mic|sleep)\.c$|\.h$/.test(path),
  );
}

function runtime(): BuildFile[] {
  return folder('runtime-c').filter(({ path }) => /\/egru_mic\w*\.[cS]$|\.h$/.test(path));
}

const target = (file: string): BuildFile => ({
  path: `harness/${file}`,
  text: readFileSync(packagePath('test', 'emulator', 'target', file), 'utf8'),
});

export interface BuildOptions {
  readonly optimize: '-Os' | '-O2';
  readonly crystal: number;
  /** The real decimators; otherwise the harness looks at raw blocks. */
  readonly decimators: boolean;
  readonly silicon: Silicon;
}

export class MicChip {
  readonly chip: Samd21;
  /** The raw values of every block that was read, and the cycle at which it was. */
  readonly blocks: { readonly values: number[]; readonly cycle: number }[] = [];
  /** The samples that mic_read gave. */
  readonly pcm: number[] = [];
  readonly #elf: Elf;
  #wanted = 0;

  private constructor(
    readonly microphone: Interface,
    file: Uint8Array,
    silicon: Silicon,
  ) {
    this.#elf = parseElf(file, 'mic.elf');
    const stackLimit = symbolAddress(this.#elf, '__bss_end');
    this.chip = new Samd21({ segments: this.#elf.segments, vectorTable: 0x2000, stackLimit, silicon });
    const [size, count] = FORMAT[microphone];
    this.chip.hook(this.address('deliver'), () => {
      const at = this.chip.core.registers[0] ?? 0;
      for (let i = 0; i < 32; i++) this.pcm.push((this.chip.peek16(at + 2 * i) << 16) >> 16);
    });
    if (!this.#elf.symbols.some(({ name }) => name === 'decimate')) return;
    this.chip.hook(this.address('decimate'), () => {
      const at = this.chip.core.registers[0] ?? 0;
      const values = Array.from({ length: count }, (_, i) =>
        size === 4 ? this.chip.peek32(at + 4 * i) : this.chip.peek16(at + 2 * i),
      );
      this.blocks.push({ values, cycle: this.chip.cycles });
      if (this.blocks.length === this.#wanted) this.chip.stop();
    });
  }

  static async create(
    microphone: Interface,
    { optimize = '-O2', crystal = 0, decimators = false, silicon = {} }: Partial<BuildOptions> = {},
  ): Promise<MicChip> {
    const filters = decimators ? runtime() : [target('egru_mic.h')];
    const { elf } = await buildImage({
      files: [
        ...drivers(),
        target('mic-harness.c'),
        ...filters,
        { path: 'board/board.h', text: boardHeader(microphone, crystal) },
      ],
      includes: ['harness', 'board', ...headerFolders([...drivers(), ...filters])],
      defines: decimators ? ['REAL_DECIMATORS'] : [],
      linker: [target('drivers.ld')],
      optimize,
    });
    return new MicChip(microphone, elf, silicon);
  }

  address(symbol: string): number {
    return symbolAddress(this.#elf, symbol) & ~1;
  }

  /** Value of a 32-bit variable of the harness. */
  get(variable: string): number {
    return this.chip.peek32(this.address(variable));
  }

  set(variable: string, value: number): void {
    for (let i = 0; i < 4; i++) this.chip.poke8(this.address(variable) + i, (value >>> (8 * i)) & 255);
  }

  /** All values of all blocks, in order. */
  get values(): number[] {
    return this.blocks.flatMap(({ values }) => values);
  }

  request(what: keyof typeof REQUESTS): void {
    this.set('request', REQUESTS[what]);
  }

  /** Ends a sleep as an interrupt would. */
  wake(): void {
    this.chip.core.waiting = false;
  }

  /** What mic_overruns answered last. */
  get overruns(): number {
    return this.get('overruns');
  }

  /** Cycles that calls of a function take, or activations of an interrupt handler, with entry and return. */
  measure(symbol: string): { readonly calls: number; readonly cycles: number } {
    const total = { calls: 0, cycles: 0 };
    const { chip } = this;
    chip.hook(this.address(symbol), () => {
      const { LR, registers } = chip.core;
      const interrupt = LR >>> 28 === 15;
      const before = chip.cycles - (interrupt ? 15 : 0);
      const back = (interrupt ? chip.peek32((registers[13] ?? 0) + 24) : LR) & ~1;
      chip.hook(back, () => {
        total.calls++;
        total.cycles += chip.cycles - before;
        chip.hook(back, null);
      });
    });
    return total;
  }

  /** Runs until so many more blocks have been read. */
  runBlocks(count: number): void {
    this.#wanted = this.blocks.length + count;
    while (this.blocks.length < this.#wanted) {
      const before = this.blocks.length;
      const end = this.chip.run(5 * 192_000);
      if (end === 'limit' && this.blocks.length === before)
        throw new Error(`no block in 20 ms after ${before}`);
    }
    this.chip.run(1000); // until the loop has gone round
  }
}

// SPDX-License-Identifier: Apache-2.0
/** The drivers of firmware/samd21 with test/firmware/target/usb-echo.c, on the emulated chip. */

import { readFileSync } from 'node:fs';
import { type Board, boardHeader } from '../../../compiler/boards/boards.ts';
import { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { folder, headerFolders, linkerScripts } from '../../../compiler/machines/firmware/sources.ts';
import { type Elf, parseElf, symbolAddress } from '../../../compiler/machines/image/elf.ts';
import { type BuildFile, buildImage } from '../../../compiler/machines/toolchain/arm.ts';
import { APPLICATION_START } from '../chip-facts.ts';

export const DRIVERS: readonly string[] = ['clock.c', 'startup.c', 'usb.c', 'usb_cdc.c', 'usb_descriptors.c'];

const read = (folder: string, name: string): BuildFile => ({
  path: `${folder}/${name}`,
  text: readFileSync(packagePath(folder, name), 'utf8'),
});

/** facts: further lines for board.h. */
export async function buildUsbImage(
  board: Board,
  { optimize = '-O2', facts = '' }: { optimize?: '-O2' | '-Os'; facts?: string } = {},
): Promise<Elf> {
  const all = [...folder('firmware/samd21'), ...folder('firmware/hal')];
  const isDriver = (path: string) => DRIVERS.some((name) => path.endsWith(`/${name}`));
  const { elf } = await buildImage({
    files: [
      ...all.filter(({ path }) => path.endsWith('.h') || isDriver(path)),
      read('test/firmware/target', 'usb-echo.c'),
      { path: 'board/board.h', text: `${boardHeader(board)}\n${facts}\n` },
    ],
    includes: ['board', ...headerFolders(all)],
    linker: linkerScripts(board, read('firmware/app', 'application.ld')),
    optimize,
  });
  return parseElf(elf, 'usb-echo.elf');
}

/** What the image does besides the bus. */
export const Mode = { ECHO: 0, HOLD: 1, FLOOD: 2, SPIN: 3 } as const;

const IRQ_USB = 7;
const EXCEPTION_ENTRY = 15;

export class UsbImage {
  readonly chip: Samd21;

  constructor(readonly elf: Elf) {
    this.chip = new Samd21({
      segments: elf.segments,
      vectorTable: APPLICATION_START,
      stackLimit: symbolAddress(elf, '__bss_end'),
    });
  }

  /** Changes what the image does, from its next turn on; an interrupt without a cause wakes it for that. */
  set mode(mode: number) {
    this.chip.poke8(symbolAddress(this.elf, 'test_mode'), mode);
    this.chip.interruptAt(this.chip.cycles, IRQ_USB);
  }

  variable(name: string): number {
    return this.chip.peek32(symbolAddress(this.elf, name));
  }

  /** Core cycles of the next call of a function, its BL not included; for the handler, entry and return included. */
  cost(name: string, within = 48_000_000): number {
    const { chip } = this;
    const address = symbolAddress(this.elf, name) & ~1;
    chip.hook(address, () => chip.stop());
    const met = chip.run(within);
    chip.hook(address, null);
    if (met !== 'stopped') throw new Error(`${name} is not called within ${within} cycles`);
    const start = chip.cycles;
    const handler = chip.core.IPSR !== 0;
    const back = (chip.core.registers[14] ?? 0) & ~1;
    while (handler ? chip.core.IPSR !== 0 : chip.core.registers[15] !== back) chip.run(1);
    return chip.cycles - start + (handler ? EXCEPTION_ENTRY : 0);
  }

  /** Runs on for milliseconds. */
  run(milliseconds: number): void {
    const end = this.chip.cycles + 48_000 * milliseconds;
    while (this.chip.cycles < end) this.chip.run(end - this.chip.cycles);
  }
}

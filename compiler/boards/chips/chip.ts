// SPDX-License-Identifier: Apache-2.0
/** What the compiler knows of a chip. A second chip is a description like samd21.ts and a folder of firmware. */

/** A chip: its memories, addresses, clock, UF2 family, and who emulates it. */
export interface Chip {
  readonly name: string;
  /** What its UF2 family is called, for messages. */
  readonly family: string;
  /** Its emulator's name (machines/emulated/emulators.ts). */
  readonly emulator: string;
  /** Folder of the package with its start-up and drivers, for firmware/hal. */
  readonly firmwareFolder: string;
  /** Bytes of flash, which begins at 0. */
  readonly flashBytes: number;
  readonly ramStart: number;
  readonly ramBytes: number;
  /** Bytes at the end of RAM that stay untouched: a bootloader looks there after a reset. A multiple of 8. */
  readonly reservedRam: number;
  /** Where applications begin, a multiple of 256: what is below is the bootloader's. */
  readonly applicationStart: number;
  /** Where the model's region begins, at a row of flash; the application ends there. */
  readonly modelStart: number;
  /** Bytes at the end of flash for what was learnt, two copies of whole rows. */
  readonly learnBytes: number;
  /** Core clock that its firmware sets up, in Hz. */
  readonly coreClock: number;
  /** How many wait states its flash needs at that clock, and where its flash controller's settings have them. */
  readonly flashWait: { readonly states: number; readonly shift: number; readonly mask: number };
  /** Its number in UF2 files. */
  readonly uf2Family: number;
  /** Bytes for the stack (firmware/app/application.ld). */
  readonly stackRoom: number;
}

/** The address after the last byte of RAM. */
export function ramEnd({ ramStart, ramBytes }: Chip): number {
  return ramStart + ramBytes;
}

/** The last word of RAM, where a bootloader looks for its magic word after a reset. */
export function magicWord(chip: Chip): number {
  return ramEnd(chip) - 4;
}

/** Bytes of flash that models have. */
export function modelBytes({ flashBytes, modelStart, learnBytes }: Chip): number {
  return flashBytes - modelStart - learnBytes;
}

/** Bytes of RAM for variables and stack. */
export function applicationRamBytes({ ramBytes, reservedRam }: Chip): number {
  return ramBytes - reservedRam;
}

/** The chip's memories, for the linker. */
export function memoryScript(chip: Chip): string {
  const { applicationStart, modelStart, learnBytes, ramStart } = chip;
  const rows: readonly (readonly [string, number, number])[] = [
    ['FLASH (rx)', applicationStart, modelStart - applicationStart],
    ['MODEL (rx)', modelStart, modelBytes(chip)],
    ['LEARN (r)', modelStart + modelBytes(chip), learnBytes],
    ['RAM (rw)', ramStart, applicationRamBytes(chip)],
  ];
  const lines = rows.map(
    ([name, origin, length]) => `    ${name} : ORIGIN = 0x${origin.toString(16)}, LENGTH = ${length}`,
  );
  return `MEMORY\n{\n${lines.join('\n')}\n}\n`;
}

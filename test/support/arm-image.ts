// SPDX-License-Identifier: Apache-2.0
/** Small images for tests of the toolchain and of the stack analysis: one C file whose function `entry` runs first. */
import type { BuildFile, ImageBuild } from '../../compiler/machines/toolchain/arm.ts';

const SCRIPT = `
MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 64K  RAM (rw) : ORIGIN = 0x20000000, LENGTH = 4K }
ENTRY(entry)
EXTERN(entry)
SECTIONS {
  .text : { KEEP(*(.vectors)) *(.text .text.*) } > FLASH
  .rodata : { *(.rodata .rodata.*) } > FLASH
  .data : { *(.data .data.*) } > RAM AT > FLASH
  .bss (NOLOAD) : { *(.bss .bss.*) } > RAM
  /DISCARD/ : { *(.ARM.exidx* .ARM.extab* .comment .note*) }
}
`;

export function smallBuild(source: string, more: readonly BuildFile[] = []): ImageBuild {
  return {
    files: [{ path: 'src/main.c', text: source }, ...more],
    includes: ['src'],
    linker: [{ path: 'src/test.ld', text: SCRIPT }],
    optimize: '-O2',
  };
}

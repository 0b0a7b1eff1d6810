// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

type Sizes = ReadonlyMap<string, readonly number[]>;

// A tool in JavaScript, which runs without being compiled.
const { sizesOf, table } = (await import('../tools/size.js' as string)) as {
  sizesOf(map: string): Sizes;
  table(before: Sizes, after: Sizes): string;
};

const MAP = `Discarded input sections

 .text.unused   0x00000000       0x10 runtime-c_network_egru.o

Linker script and memory map

 .text.egru_step
                0x000020b0      0x1cc runtime-c_network_egru.o
 .rodata.order  0x00002280       0x40 runtime-c_frontend_egru_frontend_tables.o
 .data.level    0x20000000        0x8 firmware_app_listen.o
 .bss.state     0x20000008      0x100 firmware_samd21_usb_usb.o
 .text.memset   0x00002300        0xc /usr/lib/libc_nano.a(libc_a-memset.o)
 .ARM.attributes
                0x00000031       0x31 runtime-c_network_egru.o

Linker script and memory map

 .rodata.w      0x0000c000      0x200 model_model.o
 .text.stray    0x0000c200        0x4 another.o
`;

describe('make size', () => {
  it('adds the sections of both maps up by function group', () => {
    const sizes = Object.fromEntries(sizesOf(MAP));
    expect(sizes).toMatchObject({
      network: [0x1cc, 0],
      'feature extractor': [0x40, 0],
      application: [8, 8],
      USB: [0, 0x100],
      model: [0x200, 0],
      'C library': [12, 0],
      other: [4, 0],
    });
  });

  it('shows what changed, and what went to nothing', () => {
    const before = new Map([
      ['network', [100, 0]],
      ['USB', [50, 8]],
    ]);
    const after = new Map([
      ['network', [120, 0]],
      ['USB', [0, 0]],
      ['chip', [0, 0]],
    ]);
    expect(table(before, after).split('\n')).toEqual([
      'function group       flash  change     RAM  change',
      'network                120     +20       0        ',
      'USB                      0     -50       0      -8',
      'total                  120     -30       0      -8',
    ]);
  });
});

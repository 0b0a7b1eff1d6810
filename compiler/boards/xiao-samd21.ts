// SPDX-License-Identifier: Apache-2.0
import { type Board, MUX_D, PA, PB, SAMD21G18A, seeed, UF2_MAGIC } from './board.ts';

/**
 * Seeed's Arduino core: variants/XIAO_m0, boards.txt (seeed_XIAO_m0); Board-ID and LED: Seeed-Studio/uf2-samdx1,
 * boards/XIAO_m0. The core has no I2S for this board; the pins follow from the chip's multiplexer.
 */
export const xiaoSamd21: Board = {
  name: 'xiao_samd21',
  title: 'Seeed XIAO SAMD21',
  chip: SAMD21G18A,
  bootloader: 'uf2',
  bootMagic: UF2_MAGIC,
  boardIds: ['SAMD21G18A-XIAO-v0'],
  methods: ['uf2', 'bossac', 'openocd'],
  usb: { application: seeed(0x802f), bootloader: [seeed(0x002f)] },
  crystal: true,
  uart: {
    ...{ sercom: 4, tx: PB(8), rx: PB(9), mux: MUX_D, txpo: 0, rxpo: 1 },
    where: 'pins 6 (TX) and 7 (RX)',
  },
  led: { ...PA(17), activeLow: true },
  pixels: null,
  microphones: [
    {
      name: 'i2s',
      ...{ clock: 0, serializer: 0, sck: PA(10), fs: PA(11), sd: PA(7) },
      where: 'SCK (BCLK) to pin 2, FS (LRCL) to pin 3, SD (DOUT) to pin 8, SEL to GND',
    },
    { name: 'adc', pin: PA(4), ain: 4, where: 'OUT to pin A1' },
  ],
};

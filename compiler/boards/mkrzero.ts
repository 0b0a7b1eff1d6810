// SPDX-License-Identifier: Apache-2.0
import { arduino, type Board, MUX_D, PA, PB, SAMBA_MAGIC, SAMD21G18A } from './board.ts';

/** arduino/ArduinoCore-samd: variants/mkrzero (its table of pins and I2S_* names), boards.txt (mkrzero). */
export const mkrzero: Board = {
  name: 'mkrzero',
  title: 'Arduino MKR Zero',
  chip: SAMD21G18A,
  bootloader: 'samba',
  bootMagic: SAMBA_MAGIC,
  boardIds: [],
  methods: ['bossac', 'openocd'],
  usb: { application: arduino(0x804f), bootloader: [arduino(0x004f)] },
  crystal: true,
  uart: {
    ...{ sercom: 5, tx: PB(22), rx: PB(23), mux: MUX_D, txpo: 1, rxpo: 3 },
    where: 'pins 14 (TX) and 13 (RX)',
  },
  led: { ...PB(8), activeLow: false },
  pixels: null,
  microphones: [
    {
      name: 'i2s',
      ...{ clock: 0, serializer: 0, sck: PA(10), fs: PA(11), sd: PA(7) },
      where: 'SCK (BCLK) to pin 2, FS (LRCL) to pin 3, SD (DOUT) to pin A6, SEL to GND',
    },
    { name: 'adc', pin: PB(2), ain: 10, where: 'OUT to pin A1' },
  ],
};

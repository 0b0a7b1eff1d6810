// SPDX-License-Identifier: Apache-2.0
import { arduino, type Board, MUX_D, PA, PB, SAMBA_MAGIC, SAMD21G18A } from './board.ts';

/**
 * arduino/ArduinoCore-samd: variants/arduino_zero, boards.txt (arduino_zero_native, arduino_zero_edbg); 824D and 024D
 * are those of boards sold as Genuino. Bootloaders from before d5df8c09 (2015-04-16) do not know the magic word.
 */
export const arduinoZero: Board = {
  name: 'arduino_zero',
  title: 'Arduino Zero',
  chip: SAMD21G18A,
  bootloader: 'samba',
  bootMagic: SAMBA_MAGIC,
  boardIds: [],
  methods: ['bossac', 'openocd'],
  usb: {
    application: arduino(0x804d),
    otherApplications: [arduino(0x824d)],
    bootloader: [arduino(0x004d), arduino(0x024d)],
    debugger: { vid: 0x03eb, pid: 0x2157 },
  },
  crystal: true,
  uart: {
    ...{ sercom: 5, tx: PB(22), rx: PB(23), mux: MUX_D, txpo: 1, rxpo: 3 },
    where: 'USB programming port',
  },
  led: { ...PA(17), activeLow: false },
  pixels: null,
  microphones: [
    {
      name: 'i2s',
      ...{ clock: 0, serializer: 0, sck: PA(10), fs: PA(11), sd: PA(7) },
      where: 'SCK (BCLK) to pin 1, FS (LRCL) to pin 0, SD (DOUT) to pin 9, SEL to GND',
    },
    { name: 'adc', pin: PB(8), ain: 2, where: 'OUT to pin A1' },
  ],
};

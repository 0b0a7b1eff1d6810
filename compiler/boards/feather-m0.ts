// SPDX-License-Identifier: Apache-2.0
import { adafruit, type Board, MUX_C, PA, PB, SAMD21G18A, UF2_MAGIC } from './board.ts';

/**
 * adafruit/ArduinoCore-samd: variants/feather_m0, boards.txt (adafruit_feather_m0); Board-ID: microsoft/uf2-samdx1,
 * boards/feather_m0. 239A:000B is the SAM-BA bootloader that early boards came with; bossac flashes those.
 *
 * I2S has its frame clock on PA11 alone (PA21 has no pin here), which is RX: beside such a microphone the serial port
 * moves to pins 10 and 12 (SERCOM1, PAD[2] and PAD[3]).
 */
export const featherM0: Board = {
  name: 'feather_m0',
  title: 'Adafruit Feather M0',
  chip: SAMD21G18A,
  bootloader: 'uf2',
  bootMagic: UF2_MAGIC,
  boardIds: ['SAMD21G18A-Feather-v0'],
  methods: ['uf2', 'bossac', 'openocd'],
  usb: { application: adafruit(0x800b), bootloader: [adafruit(0x0015), adafruit(0x000b)] },
  crystal: true,
  uart: { sercom: 0, tx: PA(10), rx: PA(11), mux: MUX_C, txpo: 1, rxpo: 3, where: 'pins TX and RX' },
  led: { ...PA(17), activeLow: false },
  pixels: null,
  microphones: [
    {
      name: 'i2s',
      ...{ clock: 0, serializer: 0, sck: PA(10), fs: PA(11), sd: PA(7) },
      where: 'SCK (BCLK) to pin TX, FS (LRCL) to pin RX, SD (DOUT) to pin 9, SEL to GND',
      uart: {
        ...{ sercom: 1, tx: PA(18), rx: PA(19), mux: MUX_C, txpo: 1, rxpo: 3 },
        where: 'pins 10 (TX) and 12 (RX)',
      },
    },
    { name: 'adc', pin: PB(8), ain: 2, where: 'OUT to pin A1' },
  ],
};

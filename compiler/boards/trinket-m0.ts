// SPDX-License-Identifier: Apache-2.0
import { adafruit, type Board, MUX_D, PA, SAMD21E18A, UF2_MAGIC } from './board.ts';

/**
 * adafruit/ArduinoCore-samd: variants/trinket_m0, boards.txt (adafruit_trinket_m0); Board-ID: microsoft/uf2-samdx1,
 * boards/trinket_m0. No I2S: of the pins with SCK, PA10 is the LED, and PA11, the only one with FS that this package
 * has, leads nowhere.
 */
export const trinketM0: Board = {
  name: 'trinket_m0',
  title: 'Adafruit Trinket M0',
  chip: SAMD21E18A,
  bootloader: 'uf2',
  bootMagic: UF2_MAGIC,
  boardIds: ['SAMD21E18A-Trinket-v0'],
  methods: ['uf2', 'bossac', 'openocd'],
  usb: { application: adafruit(0x801e), bootloader: [adafruit(0x001e)] },
  crystal: false,
  uart: {
    ...{ sercom: 0, tx: PA(6), rx: PA(7), mux: MUX_D, txpo: 1, rxpo: 3 },
    where: 'pins 4 (TX) and 3 (RX)',
  },
  led: { ...PA(10), activeLow: false },
  pixels: { kind: 'dotstar', data: PA(0), clock: PA(1), count: 1 },
  microphones: [{ name: 'adc', pin: PA(2), ain: 0, where: 'OUT to pin 1 (A0)' }],
};

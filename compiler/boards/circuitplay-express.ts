// SPDX-License-Identifier: Apache-2.0
import { adafruit, type Board, MUX_D, PA, PB, SAMD21G18A, UF2_MAGIC } from './board.ts';

/**
 * adafruit/ArduinoCore-samd: variants/circuitplay, boards.txt (adafruit_circuitplayground_m0); Board-ID:
 * microsoft/uf2-samdx1, boards/circuitplay_m0. The microphone's clock is SCK[0] and its data SD[1]: clock unit 0 drives
 * serializer 1.
 */
export const circuitplayExpress: Board = {
  name: 'circuitplay_express',
  title: 'Adafruit Circuit Playground Express',
  chip: SAMD21G18A,
  bootloader: 'uf2',
  bootMagic: UF2_MAGIC,
  boardIds: ['SAMD21G18A-CPlay-v0'],
  methods: ['uf2', 'bossac', 'openocd'],
  usb: { application: adafruit(0x8018), bootloader: [adafruit(0x0018), adafruit(0x0019)] },
  crystal: false,
  uart: {
    ...{ sercom: 4, tx: PB(8), rx: PB(9), mux: MUX_D, txpo: 0, rxpo: 1 },
    where: 'pads A7 (TX) and A6 (RX)',
  },
  led: { ...PA(17), activeLow: false },
  pixels: { kind: 'neopixel', data: PB(23), count: 10 },
  microphones: [
    { name: 'pdm', clock: 0, serializer: 1, sck: PA(10), sd: PA(8), where: 'on the board: nothing to wire' },
  ],
};

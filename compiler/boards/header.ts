// SPDX-License-Identifier: Apache-2.0
import { hex } from '../core/base/hex.ts';
import { type Board, type Microphone, microphoneNames, type Pin } from './board.ts';

type Fact = readonly [key: string, value: number | string];

/** The C header with the facts of a board and its microphone, for firmware/samd21 and firmware/app. */
export function boardHeader(board: Board, microphone: Microphone = board.microphones[0]): string {
  const { name, crystal, led, pixels, usb, bootMagic } = board;
  const uart = microphone.uart ?? board.uart;
  const facts: Fact[] = [
    ['NAME', `"${name}"`],
    ['CRYSTAL', crystal ? 1 : 0],
    ['UART_SERCOM', uart.sercom],
    ...pinFacts('UART_TX', uart.tx),
    ['UART_TX_MUX', uart.mux],
    ['UART_TXPO', uart.txpo],
    ...pinFacts('UART_RX', uart.rx),
    ['UART_RX_MUX', uart.mux],
    ['UART_RXPO', uart.rxpo],
    ...pinFacts('LED', led),
    ['LED_ACTIVE_LOW', led.activeLow ? 1 : 0],
    ['NEOPIXEL_COUNT', pixels?.kind === 'neopixel' ? pixels.count : 0],
    ['DOTSTAR_COUNT', pixels?.kind === 'dotstar' ? pixels.count : 0],
    ...(pixels === null ? [] : pinFacts('PIXEL_DATA', pixels.data)),
    ...(pixels?.clock === undefined ? [] : pinFacts('PIXEL_CLOCK', pixels.clock)),
    ['USB_VID', `${hex(usb.application.vid, 4)}u`],
    ['USB_PID', `${hex(usb.application.pid, 4)}u`],
    ['BOOT_MAGIC', `${hex(bootMagic, 8)}u`],
    ...microphoneFacts(microphone),
  ];
  const lines = facts.map(
    ([key, value]) => `#define BOARD_${key} ${value}${typeof value === 'number' ? 'u' : ''}`,
  );
  return `/* SPDX-License-Identifier: Apache-2.0 */\n/* Generated from compiler/boards. */\n#ifndef BOARD_H\n#define BOARD_H\n\n${lines.join('\n')}\n\n#endif\n`;
}

/** Exactly one of BOARD_MIC_I2S, _PDM and _ADC is 1; macros that have no meaning for that one are missing. */
function microphoneFacts(microphone: Microphone): Fact[] {
  const which = microphoneNames.map((name): Fact => {
    return [`MIC_${name.toUpperCase()}`, name === microphone.name ? 1 : 0];
  });
  if (microphone.name === 'adc') {
    return [...which, ...pinFacts('MIC_ADC', microphone.pin), ['MIC_ADC_AIN', microphone.ain]];
  }
  return [
    ...which,
    ['MIC_CLOCK', microphone.clock],
    ['MIC_SERIALIZER', microphone.serializer],
    ...pinFacts('MIC_SCK', microphone.sck),
    ...(microphone.name === 'i2s' ? pinFacts('MIC_FS', microphone.fs) : []),
    ...pinFacts('MIC_SD', microphone.sd),
  ];
}

function pinFacts(name: string, { port, pin }: Pin): Fact[] {
  return [
    [`${name}_PORT`, port],
    [`${name}_PIN`, pin],
  ];
}

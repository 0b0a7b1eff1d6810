// SPDX-License-Identifier: Apache-2.0
/**
 * The boards that firmware can be built for. Pins are those of the serial port that the board's Arduino core calls
 * Serial (where a debugger chip forwards it over USB) or Serial1, as its variant files have them
 * (arduino/ArduinoCore-samd and adafruit/ArduinoCore-samd, variants/BOARD/variant.{h,cpp}); multiplexer functions
 * as in the SAM D21 data sheet, chapter "I/O Multiplexing and Considerations".
 */
import { InputError } from '../base/errors.ts';

export type BoardName = 'arduino_zero' | 'feather_m0' | 'trinket_m0' | 'circuitplay_express';

/** A pin: port 0 is PA, 1 is PB. */
export interface Pin {
  readonly port: number;
  readonly pin: number;
}

export interface Chip {
  readonly name: string;
  /** File in firmware/samd21 with its memories. */
  readonly linkerScript: string;
  readonly flashBytes: number;
  readonly ramBytes: number;
}

export interface Board {
  readonly name: BoardName;
  readonly title: string;
  readonly chip: Chip;
  /** What the board's bootloader takes: UF2 files on a drive, or only the SAM-BA protocol (bossac). */
  readonly bootloader: 'uf2' | 'samba';
  /** Whether a 32,768 Hz crystal is fitted; without one the chip's clock is within some 2 %. */
  readonly crystal: boolean;
  readonly uart: {
    readonly sercom: number;
    readonly tx: Pin;
    readonly rx: Pin;
    /** Multiplexer function of both pins: 2 is C, 3 is D. */
    readonly mux: number;
    /** CTRLA.TXPO: 0 for PAD[0], 1 for PAD[2]. */
    readonly txpo: number;
    /** CTRLA.RXPO: the pad's number. */
    readonly rxpo: number;
    /** Where a user finds it. */
    readonly where: string;
  };
  /** User LED, on when high. */
  readonly led: Pin;
}

/** Where applications begin: the first 8 KB are the bootloader's. */
export const APPLICATION_START = 0x2000;
/** Where the model's region begins (firmware/samd21/samd21x18a.ld); the application ends there. */
export const MODEL_START = 0xc000;
/** Core clock that the firmware sets up on every board, in Hz (firmware/samd21/clock.c). */
export const CORE_CLOCK = 48e6;
/** The last word of RAM, where a bootloader looks for its magic word after a reset. */
export const MAGIC_WORD = 0x20007ffc;

const SAMD21G18A: Chip = {
  name: 'ATSAMD21G18A',
  linkerScript: 'samd21x18a.ld',
  flashBytes: 256 * 1024,
  ramBytes: 32 * 1024,
};
const SAMD21E18A: Chip = { ...SAMD21G18A, name: 'ATSAMD21E18A' };

const PA = (pin: number): Pin => ({ port: 0, pin });
const PB = (pin: number): Pin => ({ port: 1, pin });
const MUX_C = 2;
const MUX_D = 3;

export const boards: Readonly<Record<BoardName, Board>> = {
  arduino_zero: {
    name: 'arduino_zero',
    title: 'Arduino Zero',
    chip: SAMD21G18A,
    bootloader: 'samba',
    crystal: true,
    uart: {
      ...{ sercom: 5, tx: PB(22), rx: PB(23), mux: MUX_D, txpo: 1, rxpo: 3 },
      where: 'USB programming port',
    },
    led: PA(17),
  },
  feather_m0: {
    name: 'feather_m0',
    title: 'Adafruit Feather M0',
    chip: SAMD21G18A,
    bootloader: 'uf2',
    crystal: true,
    uart: { sercom: 0, tx: PA(10), rx: PA(11), mux: MUX_C, txpo: 1, rxpo: 3, where: 'pins TX and RX' },
    led: PA(17),
  },
  trinket_m0: {
    name: 'trinket_m0',
    title: 'Adafruit Trinket M0',
    chip: SAMD21E18A,
    bootloader: 'uf2',
    crystal: false,
    uart: { sercom: 0, tx: PA(6), rx: PA(7), mux: MUX_D, txpo: 1, rxpo: 3, where: 'pins 4 (TX) and 3 (RX)' },
    led: PA(10),
  },
  circuitplay_express: {
    name: 'circuitplay_express',
    title: 'Adafruit Circuit Playground Express',
    chip: SAMD21G18A,
    bootloader: 'uf2',
    crystal: false,
    uart: {
      sercom: 4,
      tx: PB(8),
      rx: PB(9),
      mux: MUX_D,
      txpo: 0,
      rxpo: 1,
      where: 'pads A7 (TX) and A6 (RX)',
    },
    led: PA(17),
  },
};

/** @throws InputError that lists the boards */
export function findBoard(name: string): Board {
  const board = Object.values(boards).find((candidate) => candidate.name === name);
  if (board === undefined) {
    throw new InputError(name, `no such board; there are ${Object.keys(boards).join(', ')}`, '--board');
  }
  return board;
}

/** The C header with the board's facts, for firmware/samd21 and firmware/app. */
export function boardHeader({ name, crystal, uart, led }: Board): string {
  const facts: [string, number | string][] = [
    ['NAME', `"${name}"`],
    ['CRYSTAL', crystal ? 1 : 0],
    ['UART_SERCOM', uart.sercom],
    ['UART_TX_PORT', uart.tx.port],
    ['UART_TX_PIN', uart.tx.pin],
    ['UART_TX_MUX', uart.mux],
    ['UART_TXPO', uart.txpo],
    ['UART_RX_PORT', uart.rx.port],
    ['UART_RX_PIN', uart.rx.pin],
    ['UART_RX_MUX', uart.mux],
    ['UART_RXPO', uart.rxpo],
    ['LED_PORT', led.port],
    ['LED_PIN', led.pin],
  ];
  const lines = facts.map(
    ([key, value]) => `#define BOARD_${key} ${value}${typeof value === 'number' ? 'u' : ''}`,
  );
  return `/* Generated from compiler/toolchain/boards.ts. */\n#ifndef BOARD_H\n#define BOARD_H\n\n${lines.join('\n')}\n\n#endif\n`;
}

// SPDX-License-Identifier: Apache-2.0
/**
 * The descriptions of boards against the chip: what its multiplexer connects to a pin is written down here once more.
 */

import { describe, expect, it } from 'vitest';
import {
  applicationIds,
  type Board,
  boardHeader,
  boards,
  findMicrophone,
  type Microphone,
  type Pin,
  type Uart,
} from '../../compiler/boards/boards.ts';
import { microphoneRate } from '../../compiler/boards/microphone-rate.ts';
import { CHIP } from '../support/chip-facts.ts';

/** Data sheet, "I/O Multiplexing and Considerations", function G: I2S signals of the 32- and 48-pin packages. */
const I2S: Readonly<Record<string, string>> = {
  ...{ PA10: 'SCK0', PA20: 'SCK0', PB11: 'SCK1' },
  ...{ PA11: 'FS0', PA21: 'FS0' },
  ...{ PA07: 'SD0', PA19: 'SD0', PA08: 'SD1' },
};
/** The same table, function B. */
const AIN: readonly string[] = [
  ...['PA02', 'PA03', 'PB08', 'PB09', 'PA04', 'PA05', 'PA06', 'PA07', '', '', 'PB02', 'PB03'],
  ...['', '', '', '', 'PA08', 'PA09', 'PA10', 'PA11'],
];
/** Functions C and D: SERCOM and pad of the pins that serial ports use. */
const SERCOM: Readonly<Record<string, string>> = {
  ...{ 'PA10 C': '0/2', 'PA11 C': '0/3', 'PA18 C': '1/2', 'PA19 C': '1/3' },
  ...{ 'PA06 D': '0/2', 'PA07 D': '0/3', 'PB08 D': '4/0', 'PB09 D': '4/1', 'PB22 D': '5/2', 'PB23 D': '5/3' },
};

const nameOf = ({ port, pin }: Pin) => `P${'AB'[port]}${String(pin).padStart(2, '0')}`;
const pairs = Object.values(boards).flatMap((board) =>
  board.microphones.map((microphone) => ({ title: `${board.name} ${microphone.name}`, board, microphone })),
);

function microphonePins(microphone: Microphone): Pin[] {
  if (microphone.name === 'adc') return [microphone.pin];
  return [microphone.sck, ...(microphone.name === 'i2s' ? [microphone.fs] : []), microphone.sd];
}

function pinsOf(board: Board, microphone: Microphone): string[] {
  const { data, clock } = board.pixels ?? {};
  const { tx, rx } = microphone.uart ?? board.uart;
  const pixels = [data, clock].filter((pin) => pin !== undefined);
  return [tx, rx, board.led, ...pixels, ...microphonePins(microphone)].map(nameOf);
}

function checkUart({ sercom, tx, rx, mux, txpo, rxpo }: Uart): void {
  const letter = 'ABCDEFGH'[mux];
  expect(SERCOM[`${nameOf(tx)} ${letter}`]).toBe(`${sercom}/${2 * txpo}`);
  expect(SERCOM[`${nameOf(rx)} ${letter}`]).toBe(`${sercom}/${rxpo}`);
}

describe.each(pairs)('$title', ({ board, microphone }) => {
  it('has signals at its pins that the chip connects to them', () => {
    checkUart(microphone.uart ?? board.uart);
    if (microphone.name === 'adc') expect(nameOf(microphone.pin)).toBe(AIN[microphone.ain]);
    else {
      expect(I2S[nameOf(microphone.sck)]).toBe(`SCK${microphone.clock}`);
      expect(I2S[nameOf(microphone.sd)]).toBe(`SD${microphone.serializer}`);
    }
    if (microphone.name === 'i2s') expect(I2S[nameOf(microphone.fs)]).toBe(`FS${microphone.clock}`);
  });

  it('uses no pin twice, and none of USB or debugger', () => {
    const pins = pinsOf(board, microphone);
    expect(new Set(pins).size).toBe(pins.length);
    for (const taken of ['PA24', 'PA25', 'PA30', 'PA31']) expect(pins).not.toContain(taken);
    if (board.crystal) for (const taken of ['PA00', 'PA01']) expect(pins).not.toContain(taken);
    if (board.chip.name === 'ATSAMD21E18A') expect(pins.filter((pin) => pin.startsWith('PB'))).toEqual([]);
  });

  it('has a header with every macro once', () => {
    const macros = new Map<string, string>();
    for (const [, name = '', value = ''] of boardHeader(board, microphone).matchAll(
      /^#define (BOARD_\w+) (.+)$/gm,
    )) {
      expect(macros.has(name), name).toBe(false);
      macros.set(name, value);
    }
    const kinds = ['I2S', 'PDM', 'ADC'].map((kind) => [kind, macros.get(`BOARD_MIC_${kind}`)]);
    expect(kinds).toEqual(
      ['I2S', 'PDM', 'ADC'].map((kind) => [kind, kind === microphone.name.toUpperCase() ? '1u' : '0u']),
    );
    expect(macros.get('BOARD_USB_VID')).toMatch(/^0x(239a|2341|2886)u$/);
    expect(macros.get('BOARD_BOOT_MAGIC')).toBe(board.bootloader === 'uf2' ? '0xf01669efu' : '0x07738135u');
    expect(macros.has('BOARD_MIC_FS_PIN')).toBe(microphone.name === 'i2s');
    expect(macros.has('BOARD_MIC_ADC_AIN')).toBe(microphone.name === 'adc');
  });
});

describe('boards', () => {
  it('are the ones that were asked for, with the microphones that they take', () => {
    expect(pairs.map(({ title }) => title)).toEqual([
      ...['arduino_zero i2s', 'arduino_zero adc', 'mkrzero i2s', 'mkrzero adc', 'feather_m0 i2s'],
      ...[
        'feather_m0 adc',
        'xiao_samd21 i2s',
        'xiao_samd21 adc',
        'circuitplay_express pdm',
        'trinket_m0 adc',
      ],
    ]);
  });

  it('are distinguished by their USB numbers and Board-IDs', () => {
    const all = Object.values(boards);
    const ids = all.flatMap((board) =>
      [...applicationIds(board), ...board.usb.bootloader].map(({ vid, pid }) => `${vid}:${pid}`),
    );
    expect(new Set(ids).size).toBe(ids.length);
    const names = all.flatMap(({ boardIds }) => boardIds);
    expect(new Set(names).size).toBe(names.length);
    for (const { bootloader, boardIds, methods } of all) {
      expect(methods.includes('uf2')).toBe(bootloader === 'uf2');
      expect(boardIds.length > 0).toBe(bootloader === 'uf2');
    }
  });

  it('refuse a microphone that a board cannot take', () => {
    expect(() => findMicrophone(boards.trinket_m0, 'i2s')).toThrow(
      'i2s: no microphone of the Adafruit Trinket M0; it supports adc (--mic)',
    );
    expect(findMicrophone(boards.feather_m0, undefined).name).toBe('i2s');
  });
});

describe('sample rates', () => {
  it('come from whole divisors of the core clock, at most some 2 % off', () => {
    const pdm = microphoneRate('pdm', CHIP);
    expect(pdm.divisor).toBe(47);
    // The MP34DT01's least, also where the clock is 2 % slow; a larger divisor would be too much.
    expect(0.98 * pdm.clock).toBeGreaterThanOrEqual(1e6);
    expect((0.98 * 48e6) / 48).toBeLessThan(1e6);
    expect(pdm.sampleRate).toBeCloseTo(8170.21, 2);
    expect(pdm.error).toBeCloseTo(0.021277, 6);
    expect(microphoneRate('adc', CHIP)).toEqual({
      divisor: 3000,
      clock: 16e3,
      perSample: 2,
      sampleRate: 8000,
      error: 0,
    });
    const { divisor, clock, sampleRate, error } = microphoneRate('i2s', CHIP);
    expect(divisor).toBe(46);
    expect(clock).toBeGreaterThanOrEqual(1.024e6);
    expect(48e6 / (divisor + 1)).toBeLessThan(1.024e6);
    expect(sampleRate).toBeCloseTo(8152.17, 2);
    expect(error).toBeCloseTo(0.019022, 6);
  });
});

// SPDX-License-Identifier: Apache-2.0
/** A payload that stopped half way on the UART kept the board from answering on USB until it was switched off. */
import { describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import { Desk } from '../support/desk.ts';
import { lacking } from '../support/needs.ts';
import { listener } from '../support/stream-program.ts';

describe.skipIf(lacking('arm'))('a payload that stops on one port (needs gcc-arm-none-eabi)', () => {
  it('leaves the other port answering', async () => {
    const board = boards.feather_m0;
    const microphone = findMicrophone(board, 'adc');
    const program = listener({ frame: 128, hop: 128, seed: 114, last: 'dense' });
    const { bin } = await buildFirmware(program, { board, microphone, kernel: 'packed' });
    const desk = new Desk(bin, microphone, { usb: true, start: 300 });
    expect(desk.ask('listen off\n')).toMatch(/ok\n$/);
    expect(desk.ask('feed 4 00000000\nab')).toBe('');
    expect(desk.askUsb('sync 5\n')).toBe('ok sync 5\n');
  });
});

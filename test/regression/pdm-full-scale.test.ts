// SPDX-License-Identifier: Apache-2.0
/** A PDM line at full scale, or stuck at zero, was taken for a block that never came: the board reported lost sound. */
import { describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import { Desk } from '../support/desk.ts';
import { lacking } from '../support/needs.ts';
import { listener } from '../support/stream-program.ts';

describe.skipIf(lacking('arm'))('a PDM microphone (needs gcc-arm-none-eabi)', () => {
  it.each([
    ['full scale', 0xffffffff],
    ['stuck at zero', 0],
  ])('at %s loses no block', async (_, word) => {
    const board = boards.circuitplay_express;
    const microphone = findMicrophone(board, 'pdm');
    const program = listener({ frame: 128, hop: 128, seed: 114, last: 'dense' });
    const { bin } = await buildFirmware(program, { board, microphone, kernel: 'packed' });
    const desk = new Desk(bin, microphone);
    desk.board.chip.microphone = { next: () => word };
    desk.board.run(500);
    expect(desk.ask('stats\n')).toMatch(/^ok stats frames [1-9]\d+ overruns 0 dropped 0 /);
  });
});

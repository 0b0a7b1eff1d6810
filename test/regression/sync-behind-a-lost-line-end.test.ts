// SPDX-License-Identifier: Apache-2.0
/** A host that came behind one whose `feed 256` had lost its line end got no answer: the command swallowed the `s` of `sync`. */
import { expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import { PAYLOAD_VALUES, resynchronise } from '../../compiler/machines/protocol/protocol.ts';
import { Desk } from '../support/desk.ts';
import { lacking } from '../support/needs.ts';
import { listener } from '../support/stream-program.ts';

it.skipIf(lacking('arm'))('a port is in step again behind a command whose line end was lost', async () => {
  const board = boards.trinket_m0;
  const microphone = findMicrophone(board, 'adc');
  const program = listener({ frame: 128, hop: 128, seed: 114, last: 'dense' });
  const { bin } = await buildFirmware(program, { board, microphone, kernel: 'packed' });
  const desk = new Desk(bin, microphone);
  expect(desk.ask('listen off\n')).toBe('ok\n');
  for (const [number, values] of [PAYLOAD_VALUES, PAYLOAD_VALUES - 1, 1, 0].entries()) {
    expect(desk.ask(`feed ${values} 12345678`)).toBe('');
    expect(desk.ask(resynchronise(number), 80)).toBe(`error damaged payload\nok sync ${number}\n`);
  }
});

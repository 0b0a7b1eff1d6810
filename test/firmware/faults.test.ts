// SPDX-License-Identifier: Apache-2.0
/** What goes wrong on a board, injected on the emulated one: faults, hangs, flipped bits, floods. */

import { beforeAll, describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { soundFor } from '../../compiler/machines/emulated/sound.ts';
import { buildFirmware, type Firmware } from '../../compiler/machines/firmware/firmware.ts';
import { APPLICATION_START, MODEL_START } from '../support/chip-facts.ts';
import { Desk } from '../support/desk.ts';
import { bursts, listener } from '../support/stream-program.ts';
import { toyProgram } from '../support/toy.ts';

const board = boards.trinket_m0;
const microphone = findMicrophone(board, 'adc');
const program = listener({ frame: 128, hop: 128, seed: 114, last: 'dense' });

let firmware: Firmware;
beforeAll(async () => {
  firmware = await buildFirmware(program, { board, microphone, kernel: 'packed' });
});

/** `b .` */
const BRANCH_TO_ITSELF = Uint8Array.of(0xfe, 0xe7);

const symbol = (name: string): number => {
  const value = firmware.symbols.get(name);
  if (value === undefined) throw new Error(`no symbol ${name}`);
  return value;
};

describe('the firmware', () => {
  it('reports the registers of a hard fault after the reset that follows it', () => {
    const desk = new Desk(firmware.bin, microphone);
    const { chip } = desk.board;
    desk.said = '';
    chip.hook(symbol('mic_read'), () => {
      chip.hook(symbol('mic_read'), null);
      chip.core.registers[0] = 0x12345679; // nothing is there, and it is odd
      chip.core.registers[1] = 0xcafe;
      chip.core.registers[15] = symbol('egru_argmax'); // reads a word from r0
    });
    desk.board.run(100);
    const fault =
      /^note reset system\nnote fault exception 3 r0 [0-9a-f]{8} r1 0000cafe .* pc ([0-9a-f]{8}) psr .*\nok egru ready\n/;
    const [, pc = ''] = fault.exec(desk.said) ?? [];
    expect(Number.parseInt(pc, 16) - symbol('egru_argmax')).toBeLessThan(40);
    expect(Number.parseInt(pc, 16)).toBeGreaterThanOrEqual(symbol('egru_argmax'));
    expect(desk.ask('fault\n')).toContain(`pc ${pc}`);
    expect(desk.ask('stats\n')).toContain(' reset system\n');
  });

  it('is reset by the watchdog where its main loop hangs, and reports it', () => {
    const desk = new Desk(firmware.bin, microphone);
    const { chip } = desk.board;
    expect(desk.ask('stats\n', 3000)).toContain('reset power-on'); // a loop that goes on is left alone
    desk.said = '';
    const loop = symbol('mic_read');
    const code = Uint8Array.of(chip.peek8(loop), chip.peek8(loop + 1));
    chip.memory.load({ address: loop, bytes: BRANCH_TO_ITSELF });
    let hung = true;
    chip.onSystemReset = (cause) => {
      expect(cause).toBe('watchdog');
      hung = false;
      chip.memory.load({ address: loop, bytes: code });
    };
    desk.board.run(1900);
    expect(desk.said).toBe('');
    desk.board.run(300);
    expect(hung).toBe(false);
    expect(desk.said).toMatch(/^note reset watchdog\nok egru ready\n/);
    expect(desk.ask('stats\n')).toContain(' reset watchdog\n');
  });

  it('sleeps for longer than the watchdog waits where nothing is to be done', async () => {
    const toy = await buildFirmware(toyProgram(), { board, microphone, kernel: 'packed' });
    const desk = new Desk(toy.bin, microphone);
    desk.board.run(5000);
    expect(desk.said).toBe('ok egru ready\n');
    expect(desk.board.load).toBeLessThan(0.01);
  });

  it('finds a flipped bit anywhere in the model and refuses to listen, but obeys', () => {
    for (const at of [8, 13, 20, 41, 150, 255, 256, firmware.model.length - 1]) {
      const image = Uint8Array.from(firmware.bin);
      const place = MODEL_START - APPLICATION_START + at;
      image[place] = (image[place] ?? 0) ^ 0x10;
      const desk = new Desk(image, microphone);
      expect(desk.said, `byte ${at}`).toBe('error the model is damaged: its checksum is wrong\n');
      expect(desk.ask('listen on\n')).toBe('error the model is damaged: its checksum is wrong\n');
      expect(desk.ask('feed 1 00000000\n')).toBe('error the model is damaged: its checksum is wrong\n');
      expect(desk.ask('info\n')).toContain('defect the model is damaged');
      expect(desk.ask('sync 5\n')).toBe('ok sync 5\n');
    }
    const none = new Desk(firmware.bin.subarray(0, MODEL_START - APPLICATION_START), microphone);
    expect(none.said).toBe('error no model\n');
  });

  it('goes on listening through a flood of bytes', () => {
    const pcm = soundFor('adc', { samples: bursts(16_000, 3), sampleRate: 8000 });
    const events = (flood: boolean): { lines: string[]; stats: string } => {
      const desk = new Desk(firmware.bin, microphone);
      desk.board.playPcm(pcm);
      for (let i = 0; !desk.board.silent; i++) {
        if (flood) desk.board.send(Buffer.alloc(200, 0x41 + (i % 50)));
        desk.board.run(10);
      }
      const lines = desk.events;
      return { lines, stats: desk.ask('\nstats\n') };
    };
    const quiet = events(false);
    const flooded = events(true);
    expect(quiet.lines.length).toBeGreaterThan(0);
    expect(flooded.lines).toEqual(quiet.lines);
    expect(flooded.stats).toMatch(/error line too long\nok stats frames \d+ overruns 0 dropped 0 /);
  });
});

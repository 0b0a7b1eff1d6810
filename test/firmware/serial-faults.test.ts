// SPDX-License-Identifier: Apache-2.0
/** Malformed, over-long and interrupted input on both serial ports of a board: nothing hangs, nothing is corrupted. */
import { beforeAll, describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { crc32 } from '../../compiler/core/base/crc32.ts';
import { buildFirmware, type Firmware } from '../../compiler/machines/firmware/firmware.ts';
import {
  feedCommand,
  PAYLOAD_VALUES,
  parseScores,
  resynchronise,
} from '../../compiler/machines/protocol/protocol.ts';
import { Desk } from '../support/desk.ts';
import { noise } from '../support/hostile/noise.ts';
import { Random } from '../support/random.ts';
import { bursts, listener } from '../support/stream-program.ts';

const board = boards.feather_m0;
const microphone = findMicrophone(board, 'adc');
const program = listener({ frame: 128, hop: 128, seed: 114, last: 'dense' });
const clip = bursts(6 * PAYLOAD_VALUES, 8);

let firmware: Firmware;
beforeAll(async () => {
  firmware = await buildFirmware(program, { board, microphone, kernel: 'packed' });
});

type Port = 'uart' | 'usb';

class Serial extends Desk {
  constructor() {
    super(firmware.bin, microphone, { usb: true, start: 300 });
  }

  send(port: Port, bytes: string | Uint8Array, milliseconds = 30): string {
    return port === 'uart' ? this.ask(bytes, milliseconds) : this.askUsb(bytes, milliseconds);
  }

  /** Back in step, whatever the state. */
  sync(port: Port, number: number): void {
    const answer = this.send(port, resynchronise(number), 60);
    // Sound may go on behind it.
    expect(answer.includes(`ok sync ${number}\n`), `${port}: ${answer}`).toBe(true);
  }

  /** Checksum over everything that a clip makes the network compute. */
  checksum(port: Port): number {
    expect(this.send(port, 'listen off\n').endsWith('ok\n')).toBe(true);
    for (const command of ['stream on', 'trace 0', 'output hash', 'reset'])
      expect(this.send(port, `${command}\n`)).toBe('ok\n');
    for (let at = 0; at < clip.length; at += PAYLOAD_VALUES)
      expect(
        this.send(port, feedCommand(clip.subarray(at, at + PAYLOAD_VALUES)))
          .split('\n')
          .at(-2),
      ).toMatch(/^ok \d+$/);
    const { steps, crc } = parseScores(this.send(port, 'scores\n').trimEnd());
    expect(steps).toBe(clip.length / 128);
    return crc;
  }
}

describe('on both ports at once', () => {
  it('any bytes leave a firmware that answers and computes what it did before', () => {
    const desk = new Serial();
    const before = desk.checksum('uart');
    expect(desk.checksum('usb')).toBe(before);
    const random = new Random(20260301);
    for (let round = 0; round < 80; round++) {
      desk.board.send(noise(random));
      if (random.chance(0.8)) desk.board.usb?.write(noise(random));
      desk.board.run(random.pick([1, 5, 30, 100]));
      if (random.chance(0.2)) desk.board.usb?.unplug();
      desk.board.run(random.pick([1, 10]));
      desk.board.usb?.plug();
      const [first, second] = random.chance(0.5) ? (['uart', 'usb'] as const) : (['usb', 'uart'] as const);
      // A host that has been unplugged needs its time.
      for (let i = 0; i < 400 && desk.board.usb?.idle !== true; i++) desk.board.run(1);
      desk.sync(first, round);
      desk.sync(second, round + 1000);
      expect(desk.checksum(second), `round ${round}`).toBe(before);
    }
    expect(desk.board.chip.lowestStack).toBeGreaterThanOrEqual(0x20007ff8 - firmware.stack.worst);
  });
});

describe('a host that goes away in the middle of a payload', () => {
  const half = feedCommand(clip.subarray(0, PAYLOAD_VALUES)).subarray(0, 300);
  const busy = 'error the other port is feeding\n';

  function reconnected(desk: Serial): void {
    for (let i = 0; i < 400 && desk.board.usb?.idle !== true; i++) desk.board.run(1);
    expect(desk.board.usb?.idle).toBe(true);
  }

  const leaving: readonly (readonly [string, (desk: Serial) => void, (desk: Serial) => void])[] = [
    ['pulls the cable', ({ board }) => board.usb?.unplug(), ({ board }) => board.usb?.plug()],
    ['closes the port', ({ board }) => board.usb?.close(), ({ board }) => board.usb?.open()],
  ];
  it.each(leaving)('%s of USB: the UART is not held up, and nothing is left of it', (_, leave, back) => {
    const desk = new Serial();
    const before = desk.checksum('uart');
    expect(desk.send('usb', half)).toBe('');
    expect(desk.send('uart', 'sync 5\n')).toBe('ok sync 5\n');
    expect(desk.send('uart', feedCommand(clip.subarray(0, 8)))).toContain(busy);
    desk.sync('uart', 6);
    leave(desk);
    desk.board.run(20);
    expect(desk.checksum('uart')).toBe(before);
    back(desk);
    reconnected(desk);
    // Without getting in step first.
    expect(desk.checksum('usb')).toBe(before);
    expect(desk.send('usb', 'inf')).toBe('');
    leave(desk);
    desk.board.run(20);
    back(desk);
    reconnected(desk);
    expect(desk.send('usb', 'sync 7\n')).toBe('ok sync 7\n');
  });

  it('on the UART, which cannot be seen: USB obeys what needs no payload, and newlines end it', () => {
    const desk = new Serial();
    const before = desk.checksum('usb');
    expect(desk.send('uart', half)).toBe('');
    expect(desk.send('usb', 'sync 5\n')).toBe('ok sync 5\n');
    expect(desk.send('usb', 'feed 1 00000000\n')).toBe(busy);
    expect(desk.send('usb', 'listen on\n')).toBe('ok\n');
    expect(desk.send('usb', 'listen off\n')).toBe('ok\n');
    desk.sync('uart', 6);
    expect(desk.checksum('usb')).toBe(before);
    expect(desk.checksum('uart')).toBe(before);
  });

  it('leaves an update to whoever comes next', () => {
    const desk = new Serial();
    const before = desk.checksum('uart');
    const pages = Math.ceil(firmware.model.length / 64);
    const page = (n: number): Buffer => {
      const bytes = Buffer.alloc(64, 0xff);
      bytes.set(firmware.model.subarray(64 * n, 64 * (n + 1)));
      return Buffer.concat([
        Buffer.from(`update page ${n} ${crc32(bytes).toString(16).padStart(8, '0')}\n`),
        bytes,
      ]);
    };
    const begin = `update begin ${firmware.model.length}\n`;
    expect(desk.send('usb', begin)).toBe('ok\n');
    expect(desk.send('usb', page(1))).toBe('ok\n');
    expect(desk.send('usb', page(2).subarray(0, 60))).toBe('');
    expect(desk.send('uart', 'update end\n')).toBe('error pages are missing\n');
    expect(desk.send('uart', page(2))).toContain(busy);
    desk.sync('uart', 7);
    desk.board.usb?.unplug();
    desk.board.run(20);
    expect(desk.send('uart', 'scores\n')).toBe('error no model\n');
    expect(desk.send('uart', begin)).toBe('ok\n');
    for (let n = 1; n <= pages; n++) expect(desk.send('uart', page(n % pages), 25), `page ${n}`).toBe('ok\n');
    expect(desk.send('uart', 'update end\n')).toBe('ok\n');
    expect(desk.checksum('uart')).toBe(before);
    // A page that is on its way when another update begins is not written into that one.
    expect(desk.send('uart', begin, 25)).toBe('ok\n');
    expect(desk.send('uart', page(1), 25)).toBe('ok\n');
    expect(desk.send('uart', page(2).subarray(0, 60))).toBe('');
    desk.board.usb?.plug();
    for (let i = 0; i < 400 && desk.board.usb?.idle !== true; i++) desk.board.run(1);
    expect(desk.send('usb', begin, 40)).toBe('ok\n');
    expect(desk.send('uart', page(2).subarray(60), 25)).toBe('error another page is due\n');
  });
});

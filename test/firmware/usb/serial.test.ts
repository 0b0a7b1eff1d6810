// SPDX-License-Identifier: Apache-2.0
/** The USB drivers on the emulated chip against a scripted host: what a host asks and sends. */
import { describe, expect, it } from 'vitest';
import { boards } from '../../../compiler/boards/boards.ts';
import { UsbStall } from '../../../compiler/emulator/usb-host/usb-host.ts';
import { buildUsbImage } from '../../support/chips/usb-image.ts';
import { Random } from '../../support/random.ts';
import {
  connect,
  DEBOUNCE,
  exchange,
  expectEcho,
  GET_LINE_CODING,
  GET_STATUS,
  IN,
  NOTIFY,
  OUT,
  randomBytes,
  SEND_BREAK,
  SET_FEATURE,
  SET_LINE_CODING,
  setBaud,
  setLine,
} from './connection.ts';

describe('enumeration', () => {
  it.each(Object.values(boards))('of $title gives consistent descriptors', async (board) => {
    const { found } = connect(await buildUsbImage(board, { optimize: '-Os' }));
    const { device, configuration, manufacturer, product, serial } = found;
    expect(device).toMatchObject({ usb: 0x200, kind: [0xef, 2, 1], packet0: 64, configurations: 1 });
    expect(manufacturer.length).toBeGreaterThan(0);
    expect(product.length).toBeGreaterThan(0);
    expect(serial).toBe('65677275756D65206574616C00000064');
    expect(configuration.associations).toEqual([{ first: 0, count: 2, kind: [2, 2, 0] }]);
    expect(configuration).toMatchObject({ attributes: 0x80, milliamperes: 100, value: 1 });
    const [control, data, ...others] = configuration.interfaces;
    expect(others).toEqual([]);
    expect(control).toMatchObject({ number: 0, alternate: 0, kind: [2, 2, 0] });
    expect(control?.endpoints).toEqual([{ address: NOTIFY, type: 'interrupt', packet: 8, interval: 255 }]);
    expect(data).toMatchObject({ number: 1, alternate: 0, kind: [10, 0, 0], functional: [] });
    expect(data?.endpoints).toEqual([
      { address: OUT, type: 'bulk', packet: 64, interval: 0 },
      { address: IN, type: 'bulk', packet: 64, interval: 0 },
    ]);
    // Header first; call management and union name the interfaces that are there (CDC 1.2, 5.2.3).
    const functional = (control?.functional ?? []).map((part) => [...part]);
    expect(functional.map(([length]) => length)).toEqual(functional.map(({ length }) => length));
    expect(functional.map((part) => part.slice(2))).toEqual([
      [0, 0x20, 0x01],
      [1, 0, 1],
      [2, 6],
      [6, 0, 1],
    ]);
  });

  it('takes the numbers and names of the board', async () => {
    const name = 'thirty-one characters: 64 bytes';
    const facts = ['#define BOARD_USB_MANUFACTURER "Maker"', `#define BOARD_USB_PRODUCT "${name}"`];
    const { found, host } = connect(await buildUsbImage(boards.feather_m0, { facts: facts.join('\n') }));
    expect(found.device).toMatchObject({ vendor: 0x239a, product: 0x800b });
    expect([found.manufacturer, found.product]).toEqual(['Maker', name]);
    // A full last packet of an answer that is shorter than what was asked for needs an empty one behind it, and no
    // empty one may follow where the host got all it asked for (USB 2.0, 5.5.3).
    for (const length of [63, 64, 65, 255]) {
      const answer = host.complete(host.descriptor(3, 2, length, 0x0409));
      expect(answer.length).toBe(Math.min(length, 64));
    }
  });

  it('gives as much of a descriptor as is asked for', () => {
    const { host } = connect();
    const whole = (type: number, index: number, language = 0) =>
      host.complete(host.descriptor(type, index, 0xffff, language));
    for (const [type, index, language, size] of [
      [1, 0, 0, 18],
      [2, 0, 0, 75],
      [3, 0, 0, 4],
      [3, 3, 0x0409, 66],
    ] as const) {
      const all = whole(type, index, language);
      expect(all.length).toBe(size);
      for (const length of [0, 1, 2, 8, 9, 17, 18, 63, 64, 65, 74, 75, 76, 128, 255])
        expect(host.complete(host.descriptor(type, index, length, language))).toEqual(all.slice(0, length));
    }
  });

  it('is done again after a reset in the middle of it', () => {
    const connection = connect();
    const { host, image } = connection;
    host.complete(host.setup({ type: 0x80, request: 6, value: 0x200, length: 75 }));
    image.run(1);
    expect(host.complete(host.bus.in(host.address, 0))).toMatchObject({ toggle: 1 });
    host.complete(host.enumerate(DEBOUNCE));
    host.complete(host.setup({ type: 0x21, request: SET_LINE_CODING, length: 7 }));
    const found = host.complete(host.enumerate(DEBOUNCE));
    expect(found).toEqual(connection.found);
    expectEcho(connection);
  });
});

describe('the serial port', () => {
  it('keeps its line coding, reports DTR and ignores a break', () => {
    const connection = connect();
    const { host, image } = connection;
    const coding = () => [
      ...host.complete(host.control({ type: 0xa1, request: GET_LINE_CODING, length: 7 })),
    ];
    expect(coding()).toEqual([0x00, 0xc2, 0x01, 0x00, 0, 0, 8]);
    expect([image.variable('test_open'), image.variable('test_baud')]).toEqual([0, 115200]);
    setLine(connection, 3_000_000, true);
    expect(coding()).toEqual([0xc0, 0xc6, 0x2d, 0x00, 0, 0, 8]);
    expect([image.variable('test_open'), image.variable('test_baud')]).toEqual([1, 3_000_000]);
    host.complete(host.control({ type: 0x21, request: SEND_BREAK, value: 0xffff }));
    expectEcho(connection);
    setLine(connection, 9600, false);
    expect(image.variable('test_open')).toBe(0);
  });

  it('sees the 1200-baud touch, and nothing like it', () => {
    const connection = connect();
    const touched = () => connection.image.variable('test_touched');
    setLine(connection, 115200, true);
    setLine(connection, 115200, false);
    setLine(connection, 1200, true);
    expect(touched()).toBe(0);
    setLine(connection, 1200, false);
    expect(touched()).toBe(1);
    setLine(connection, 1200, true);
    expect(touched()).toBe(0);
    // A host that drops DTR first.
    setLine(connection, 115200, false);
    expect(touched()).toBe(0);
    setBaud(connection, 1200);
    expect(touched()).toBe(1);
    setBaud(connection, 9600);
    expect(touched()).toBe(0);
  });

  it('echoes 10 KB in packets of random sizes', () => {
    const connection = connect();
    const random = new Random(2);
    const packets: Uint8Array[] = [];
    for (let total = 0; total < 10_240; ) {
      const size = Math.min(random.between(0, 3) === 0 ? 64 : random.between(0, 64), 10_240 - total);
      packets.push(randomBytes(random, size));
      total += size;
    }
    const sent = Buffer.concat(packets);
    expect(packets.some(({ length }) => length === 0)).toBe(true);
    expect(Buffer.compare(exchange(connection, packets), sent)).toBe(0);
  });

  it('ends a transfer with a short packet, an empty one after full ones', () => {
    const { host } = connect();
    for (const size of [1, 63, 64, 65, 127, 128, 192, 256, 320]) {
      const sent = randomBytes(new Random(size), size);
      host.complete(
        (function* () {
          for (let at = 0; at < size; at += 64) yield* host.send(OUT, sent.subarray(at, at + 64));
        })(),
      );
      // Each packet sent may come back as a transfer of its own: the echo flushes whenever it has nothing more to read.
      const received: number[] = [];
      let last = -1;
      host.complete(
        (function* () {
          while (received.length < size || last === 64) {
            const packet = yield* host.receive(IN, host.bus.chip.cycles + 480_000);
            last = packet.length;
            received.push(...packet);
          }
        })(),
      );
      expect(Uint8Array.from(received)).toEqual(sent);
      expect(host.complete(host.poll(IN))).toBeNull(); // no empty packet where a short one ended it
    }
  });

  it('loses and doubles nothing when handshakes get lost', () => {
    const connection = connect();
    const random = new Random(3);
    const packets = Array.from({ length: 60 }, () => randomBytes(random, random.between(1, 64)));
    let [lost, inRow] = [0, 0];
    connection.host.bus.loses = (direction) => {
      const loses = random.chance(0.3) && (direction === 'in' || inRow < 2); // a host gives up after three
      if (direction === 'out') inRow = loses ? inRow + 1 : 0;
      if (loses) lost++;
      return loses;
    };
    expect(exchange(connection, packets)).toEqual(Uint8Array.from(Buffer.concat(packets)));
    expect(lost).toBeGreaterThan(30);
  });

  it('stalls and recovers: both directions, with a packet on its way', () => {
    const connection = connect();
    const { host, image } = connection;
    const halted = (endpoint: number) =>
      host.complete(host.control({ type: 0x82, request: GET_STATUS, index: endpoint, length: 2 }))[0];
    expectEcho(connection);
    host.complete(host.send(OUT, Uint8Array.of(1, 2, 3)));
    image.run(1); // its echo waits
    for (const endpoint of [OUT, IN]) {
      host.complete(host.control({ type: 2, request: SET_FEATURE, index: endpoint }));
      expect(halted(endpoint)).toBe(1);
    }
    expect(() => host.complete(host.send(OUT, Uint8Array.of(9)))).toThrow(UsbStall);
    expect(() => host.complete(host.receive(IN))).toThrow(UsbStall);
    for (const endpoint of [OUT, IN]) {
      host.complete(host.clearHalt(endpoint));
      expect(halted(endpoint)).toBe(0);
    }
    expect([...host.complete(host.receive(IN))]).toEqual([1, 2, 3]);
    // Also without a stall the next packet is DATA0.
    for (const endpoint of [OUT, IN]) host.complete(host.clearHalt(endpoint));
    expectEcho(connection, 5);
  });
});

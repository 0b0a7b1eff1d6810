// SPDX-License-Identifier: Apache-2.0
/** Hosts that go away and hosts that ask for nonsense. */
import { beforeAll, describe, expect, it } from 'vitest';
import { UsbError, UsbStall } from '../../../compiler/emulator/usb-host/usb-host.ts';
import { Random } from '../../support/random.ts';
import {
  type Connection,
  connect,
  DEBOUNCE,
  expectDrained,
  expectEcho,
  GET_LINE_CODING,
  IN,
  NONE,
  OUT,
  randomBytes,
  SET_LINE_CODING,
  setLine,
} from './connection.ts';

describe('a host that goes away', () => {
  it('suspends and resumes: closed meanwhile, as before afterwards', () => {
    const connection = connect();
    const { host, image } = connection;
    setLine(connection, 115200, true);
    host.bus.suspend();
    image.run(2);
    expect(image.variable('test_open')).toBe(1);
    image.run(3);
    expect(image.variable('test_open')).toBe(0);
    host.complete(host.bus.resume());
    image.run(1);
    expect(image.variable('test_open')).toBe(1);
    expectEcho(connection);
    host.bus.suspend();
    image.run(5);
    host.complete(host.bus.resume());
    expectEcho(connection, 7);
  });

  it('is unplugged in the middle of transfers and comes back', () => {
    const connection = connect();
    const { host, image } = connection;
    for (let round = 0; round < 5; round++) {
      setLine(connection, 115200, true);
      const sending = host.bus.start(
        (function* () {
          for (;;) yield* host.send(OUT, randomBytes(new Random(round), 64));
        })(),
      );
      image.run(3 + round / 7);
      host.bus.unplug();
      expect(sending.error?.message).toMatch(/disconnected/);
      expect(() => host.complete(host.receive(IN))).toThrow(UsbError);
      image.run(5);
      expect(image.variable('test_open')).toBe(0);
      host.bus.plug();
      host.complete(host.enumerate(DEBOUNCE));
      expect(image.variable('test_open')).toBe(0);
      expectDrained(connection);
      expectEcho(connection, round);
    }
  });

  it('resets the bus at any moment of a transfer', () => {
    const connection = connect();
    const { host, image } = connection;
    for (let round = 0; round < 12; round++) {
      const task = host.bus.start(
        (function* () {
          for (;;) {
            yield* host.control({ type: 0xa1, request: GET_LINE_CODING, length: 7 });
            yield* host.send(OUT, Uint8Array.of(round));
            yield* host.poll(IN);
          }
        })(),
      );
      image.run(2 + round / 31);
      expect(task.done).toBe(false);
      host.bus.unplug();
      host.bus.plug(); // at once: no suspension, a reset alone
      host.complete(host.enumerate(DEBOUNCE));
      expectDrained(connection);
      expectEcho(connection, round);
    }
  });

  it('is deconfigured and configured again', () => {
    const connection = connect();
    const { host, image } = connection;
    setLine(connection, 115200, true);
    host.complete(host.configure(0));
    image.run(1);
    expect([image.variable('test_open'), image.variable('test_room')]).toEqual([0, 0]);
    expect(() => host.complete(host.receive(IN))).toThrow(/no answer/);
    expect(() => host.complete(host.control({ type: 0xa1, request: GET_LINE_CODING, length: 7 }))).toThrow(
      UsbStall,
    );
    const state = host.complete(host.control({ type: 0x80, request: 8, length: 1 }));
    expect([...state]).toEqual([0]);
    host.complete(host.configure(1));
    expectEcho(connection);
  });
});

describe('a host that asks for nonsense', () => {
  const refused: [string, number, number, number, number, number][] = [
    // type, request, value, index, length
    ['a device qualifier', 0x80, 6, 0x600, 0, 10],
    ['BOS', 0x80, 6, 0xf00, 0, 5],
    ['a second configuration descriptor', 0x80, 6, 0x201, 0, 9],
    ['a string that is not there', 0x80, 6, 0x304, 0x409, 255],
    ['a string in another language', 0x80, 6, 0x301, 0x407, 255],
    ['GET_DESCRIPTOR towards the device', 0x00, 6, 0x100, 0, 0],
    ['SET_DESCRIPTOR', 0x00, 7, 0x100, 0, 18],
    ['address 128', 0x00, 5, 128, 0, 0],
    ['configuration 2', 0x00, 9, 2, 0, 0],
    ['SET_CONFIGURATION from the device', 0x80, 9, 0, 0, 1],
    ['remote wake-up', 0x00, 3, 1, 0, 0],
    ['a test mode', 0x00, 3, 2, 0x100, 0],
    ['an alternate setting', 0x01, 11, 1, 0, 0],
    ['interface 2', 0x81, 0, 0, 2, 2],
    ['endpoint 3', 0x82, 0, 0, 0x83, 2],
    ['the other direction of endpoint 2', 0x82, 0, 0, 0x02, 2],
    ['a halt of endpoint 0', 0x02, 3, 0, 0, 0],
    ['a halt with another feature', 0x02, 3, 1, 0x81, 0],
    ['SYNCH_FRAME', 0x82, 12, 0, 0x81, 2],
    ['a vendor request', 0xc0, 1, 2, 3, 64],
    ['a class request of the data interface', 0xa1, 0x21, 0, 1, 7],
    ['a class request of the device', 0xa0, 0x21, 0, 0, 7],
    ['an encapsulated command', 0x21, 0, 0, 0, 8],
    ['SET_CONTROL_LINE_STATE from the device', 0xa1, 0x22, 1, 0, 1],
    ['GET_LINE_CODING towards the device', 0x21, 0x21, 0, 0, 0],
    ['line coding of 6 bytes', 0x21, 0x20, 0, 0, 6],
    ['line coding of 8 bytes', 0x21, 0x20, 0, 0, 8],
    ['line coding of 65535 bytes', 0x21, 0x20, 0, 0, 0xffff],
    ['line coding without data', 0x21, 0x20, 0, 0, 0],
  ];

  let shared: Connection;
  beforeAll(() => {
    shared = connect();
  });

  it.each(refused)('is refused: %s', (_, type, request, value, index, length) => {
    const { host, image } = shared;
    setLine(shared, 115200, true);
    const data = type & 0x80 ? NONE : new Uint8Array(Math.min(length, 200));
    expect(() => host.complete(host.control({ type, request, value, index, length }, data))).toThrow(
      UsbStall,
    );
    image.run(1);
    expect([image.variable('test_open'), image.variable('test_baud')]).toEqual([1, 115200]);
    expectEcho(shared);
  });

  it('sends less line coding than it has announced', () => {
    const connection = connect();
    const { host, image } = connection;
    const short = { type: 0x21, request: SET_LINE_CODING, length: 7 };
    expect(() => host.complete(host.control(short, new Uint8Array(3)))).toThrow(UsbStall);
    expect(() => host.complete(host.control(short, new Uint8Array(64)))).toThrow(UsbStall);
    image.run(1);
    expect(image.variable('test_baud')).toBe(115200);
    expectEcho(connection);
  });

  it('ends a data stage early, begins a new one, or leaves it', () => {
    const connection = connect();
    const { host } = connection;
    const configuration = { type: 0x80, request: 6, value: 0x200, length: 75 };
    host.complete(host.setup(configuration));
    expect(host.complete(host.bus.out(host.address, 0, 1, NONE))).toBe('ack');
    expect(host.complete(host.descriptor(1, 0, 18)).length).toBe(18);
    host.complete(host.setup(configuration));
    host.complete(host.setup({ type: 0x21, request: SET_LINE_CODING, length: 7 }));
    expect(host.complete(host.descriptor(2, 0, 75)).length).toBe(75);
    host.complete(host.setup({ type: 0, request: 5, value: 77 }));
    expect(host.complete(host.descriptor(1, 0, 18)).length).toBe(18); // at the old address: no status stage
    expectEcho(connection);
  });

  it('sends 400 random requests', () => {
    const connection = connect();
    const { host } = connection;
    const random = new Random(11);
    let [stalls, answers] = [0, 0];
    for (let i = 0; i < 400; i++) {
      const one = (usual: readonly number[], most: number) =>
        random.chance(0.2) ? random.between(0, most) : (usual[random.between(0, usual.length - 1)] ?? 0);
      const type = one([0x00, 0x01, 0x02, 0x21, 0x80, 0x81, 0x82, 0xa1], 255);
      const request = random.chance(0.2) ? random.between(0, 255) : random.between(0, 12) + (type & 0x20);
      const value = one([0, 1, 0x100, 0x200], 0xffff);
      const index = one([0, 0, 0, 1, 0x81], 0xffff);
      const length = one([0, 0, 7, 80], 0xffff);
      if ((type & 0x7f) === 0 && request === 5) continue; // would move the device
      const data = type & 0x80 ? NONE : randomBytes(random, Math.min(length, random.between(0, 130)));
      if (!(type & 0x80) && length > 0 && data.length === 0) continue;
      try {
        host.complete(host.control({ type, request, value, index, length }, data));
        answers++;
      } catch (error) {
        expect(error).toBeInstanceOf(UsbStall);
        stalls++;
      }
      if (i % 10 === 0) expect(host.complete(host.descriptor(1, 0, 18)).length).toBe(18);
    }
    expect(stalls).toBeGreaterThan(100);
    expect(answers).toBeGreaterThan(5);
    expect(host.complete(host.enumerate(DEBOUNCE))).toEqual(connection.found);
    expectEcho(connection);
  });
});

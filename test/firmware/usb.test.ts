// SPDX-License-Identifier: Apache-2.0
/** The USB drivers on the emulated chip against a scripted host: what a host asks, sends, breaks and forgets. */
import { beforeAll, describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { type Enumerated, UsbError, UsbHost, UsbStall } from '../../compiler/emulator/usb-host/usb-host.ts';
import type { Elf } from '../../compiler/machines/toolchain/elf.ts';
import { stackUse } from '../../compiler/machines/toolchain/stack.ts';
import { Random } from '../support/random.ts';
import { buildUsbImage, Mode, UsbImage } from '../support/usb-image.ts';

const DEBOUNCE = 48_000;
const OUT = 0x01;
const IN = 0x81;
const NOTIFY = 0x82;
const GET_STATUS = 0;
const SET_FEATURE = 3;
const SET_LINE_CODING = 0x20;
const GET_LINE_CODING = 0x21;
const SET_CONTROL_LINE_STATE = 0x22;
const SEND_BREAK = 0x23;
const NONE = new Uint8Array();

let elf: Elf;
beforeAll(async () => {
  elf = await buildUsbImage(boards.trinket_m0);
});

interface Connection {
  readonly image: UsbImage;
  readonly host: UsbHost;
  readonly found: Enumerated;
}

function connect(of = elf): Connection {
  const image = new UsbImage(of);
  const host = new UsbHost(image.chip);
  host.bus.plug();
  image.run(1);
  return { image, host, found: host.complete(host.enumerate(DEBOUNCE)) };
}

function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.between(0, 255));
}

/** Sends and receives at once, packets of the given sizes; what came back. */
function exchange({ host }: Connection, packets: readonly Uint8Array[]): Uint8Array {
  const expected = packets.reduce((sum, { length }) => sum + length, 0);
  const sending = host.bus.start(
    (function* () {
      for (const packet of packets) yield* host.send(OUT, packet);
    })(),
  );
  const received: number[] = [];
  host.complete(
    (function* () {
      while (received.length < expected) received.push(...(yield* host.receive(IN)));
    })(),
  );
  expect(sending.done && sending.error === null).toBe(true);
  return Uint8Array.from(received);
}

function expectEcho(connection: Connection, seed = 1): void {
  const sent = randomBytes(new Random(seed), 200);
  const packets = [
    sent.subarray(0, 64),
    sent.subarray(64, 65),
    sent.subarray(65, 128),
    sent.subarray(128, 192),
  ];
  expect(exchange(connection, [...packets, sent.subarray(192)])).toEqual(sent);
}

function setLine({ host, image }: Connection, baud: number, dtr: boolean): void {
  const coding = Uint8Array.of(baud & 255, (baud >> 8) & 255, (baud >> 16) & 255, baud >>> 24, 0, 0, 8);
  host.complete(host.control({ type: 0x21, request: SET_LINE_CODING }, coding));
  host.complete(host.control({ type: 0x21, request: SET_CONTROL_LINE_STATE, value: dtr ? 1 : 0 }));
  image.run(1);
}

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
  it('keeps its line coding, tells DTR and ignores a break', () => {
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
      expect(sending.error?.message).toMatch(/gone/);
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

/** The byte that the echo held when the bus was reset may still come. */
function expectDrained({ host, image }: Connection): void {
  image.run(2);
  let bytes = 0;
  for (let i = 0; i < 4; i++) bytes += host.complete(host.poll(IN))?.length ?? 0;
  expect(bytes).toBeLessThanOrEqual(1);
}

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

describe('pressure', () => {
  it('a chip that does not read makes the host wait, and loses nothing', () => {
    const connection = connect();
    const { host, image } = connection;
    image.mode = Mode.HOLD;
    const sent = randomBytes(new Random(13), 640);
    let arrived = 0;
    const sending = host.bus.start(
      (function* () {
        for (let at = 0; at < 640; at += 64) {
          yield* host.send(OUT, sent.subarray(at, at + 64));
          arrived++;
        }
      })(),
    );
    image.run(50);
    expect([arrived, sending.done]).toEqual([1, false]);
    image.mode = Mode.ECHO;
    const received: number[] = [];
    host.complete(
      (function* () {
        while (received.length < 640) received.push(...(yield* host.receive(IN)));
      })(),
    );
    expect(sending.done).toBe(true);
    expect(Uint8Array.from(received)).toEqual(sent);
  });

  it('a host that does not read stops nothing, and gets what was taken when it does', () => {
    const connection = connect();
    const { host, image } = connection;
    expect(image.variable('test_room')).toBe(256);
    image.mode = Mode.FLOOD;
    image.run(20);
    expect(image.variable('test_sent')).toBe(256);
    expect(image.variable('test_refused')).toBeGreaterThan(1000);
    const received: number[] = [];
    host.complete(
      (function* () {
        while (received.length < 20_000) received.push(...(yield* host.receive(IN)));
      })(),
    );
    expect(received.every((byte, i) => byte === (i & 255))).toBe(true);
    expect(image.variable('test_sent')).toBeGreaterThanOrEqual(20_000);
  });

  it('nobody is there: bytes are refused', () => {
    const image = new UsbImage(elf);
    image.run(5);
    image.mode = Mode.FLOOD;
    image.chip.writeUint32(0xe000e200, 1 << 7); // wakes it
    image.run(5);
    expect(image.variable('test_sent')).toBe(0);
    expect(image.variable('test_refused')).toBeGreaterThan(1000);
  });

  it('what was left when a port was closed is not for whoever opens it next', () => {
    const connection = connect();
    const { host, image } = connection;
    setLine(connection, 115200, true);
    image.mode = Mode.FLOOD;
    image.run(5);
    image.mode = Mode.HOLD;
    setLine(connection, 115200, false);
    setLine(connection, 115200, true);
    // The packet that was already offered to the host cannot be taken back.
    expect(host.complete(host.receive(IN)).length).toBe(64);
    expect(host.complete(host.poll(IN))).toBeNull();
    image.run(1);
    image.mode = Mode.ECHO;
    expectEcho(connection);
  });
});

describe('what it costs', () => {
  it('nothing while the bus is idle: no interrupt in a second of frames and polls', () => {
    const { host, image } = connect();
    image.run(5);
    const polling = host.bus.start(
      (function* () {
        for (;;) yield (yield* host.poll(IN)) === null ? 4800 : 1;
      })(),
    );
    const before = image.variable('test_turns');
    const frame = host.bus.frame;
    image.run(1000);
    expect(polling.done).toBe(false);
    expect((host.bus.frame - frame + 2048) % 2048).toBe(1000);
    expect(image.variable('test_turns')).toBe(before);
  });

  it('a few hundred cycles for a packet, some fifty for a byte', () => {
    const { host, image } = connect();
    const full = randomBytes(new Random(17), 64);
    host.bus.start(host.send(OUT, full));
    const received = image.cost('USB_Handler');
    const get = image.cost('usb_cdc_get');
    const put = image.cost('usb_cdc_put');
    image.run(1);
    host.bus.start(host.receive(IN));
    const sent = image.cost('USB_Handler');
    for (const [cycles, most] of [
      [received, 200],
      [sent, 250],
      [get, 50],
      [put, 80],
    ] as const) {
      expect(cycles).toBeGreaterThan(10);
      expect(cycles).toBeLessThanOrEqual(most);
    }
  });

  it('at most 600 bytes of RAM, and a stack with a proven bound', () => {
    const own = ['usb_endpoints', 'packet', 'control', 'cdc', 'coding'];
    const sizes = own.map((name) => elf.symbols.find((symbol) => symbol.name === name)?.size ?? 0);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(600);
    const { functions } = stackUse(elf, 'Reset_Handler', ['USB_Handler', 'Fault_Handler']);
    expect(functions.get('USB_Handler')).toBeLessThanOrEqual(100);
  });
});

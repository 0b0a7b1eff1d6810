// SPDX-License-Identifier: Apache-2.0
/** Both directions at once for long, and what USB costs. */
import { describe, expect, it } from 'vitest';
import { stackUse } from '../../../compiler/machines/toolchain/stack.ts';
import { Mode, UsbImage } from '../../support/chips/usb-image.ts';
import { Random } from '../../support/random.ts';
import { connect, elf, expectEcho, IN, OUT, randomBytes, setLine } from './connection.ts';

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

// SPDX-License-Identifier: Apache-2.0
/** A scripted host at the image of the USB drivers. */
import { beforeAll, expect } from 'vitest';
import { boards } from '../../../compiler/boards/boards.ts';
import { type Enumerated, UsbHost } from '../../../compiler/emulator/usb-host/usb-host.ts';
import type { Elf } from '../../../compiler/machines/image/elf.ts';
import { buildUsbImage, UsbImage } from '../../support/chips/usb-image.ts';
import { Random } from '../../support/random.ts';

export const DEBOUNCE = 48_000;
export const OUT = 0x01;
export const IN = 0x81;
export const NOTIFY = 0x82;
export const GET_STATUS = 0;
export const SET_FEATURE = 3;
export const SET_LINE_CODING = 0x20;
export const GET_LINE_CODING = 0x21;
export const SET_CONTROL_LINE_STATE = 0x22;
export const SEND_BREAK = 0x23;
export const NONE = new Uint8Array();

export let elf: Elf;
beforeAll(async () => {
  elf = await buildUsbImage(boards.trinket_m0);
});

export interface Connection {
  readonly image: UsbImage;
  readonly host: UsbHost;
  readonly found: Enumerated;
}

export function connect(of = elf): Connection {
  const image = new UsbImage(of);
  const host = new UsbHost(image.chip);
  host.bus.plug();
  image.run(1);
  return { image, host, found: host.complete(host.enumerate(DEBOUNCE)) };
}

export function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.between(0, 255));
}

/** Sends and receives at once, packets of the given sizes; what came back. */
export function exchange({ host }: Connection, packets: readonly Uint8Array[]): Uint8Array {
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

export function expectEcho(connection: Connection, seed = 1): void {
  const sent = randomBytes(new Random(seed), 200);
  const packets = [
    sent.subarray(0, 64),
    sent.subarray(64, 65),
    sent.subarray(65, 128),
    sent.subarray(128, 192),
  ];
  expect(exchange(connection, [...packets, sent.subarray(192)])).toEqual(sent);
}

export function setBaud({ host, image }: Pick<Connection, 'host' | 'image'>, baud: number): void {
  const coding = Uint8Array.of(baud & 255, (baud >> 8) & 255, (baud >> 16) & 255, baud >>> 24, 0, 0, 8);
  host.complete(host.control({ type: 0x21, request: SET_LINE_CODING }, coding));
  image.run(1);
}

export function setLine({ host, image }: Connection, baud: number, dtr: boolean): void {
  setBaud({ host, image }, baud);
  host.complete(host.control({ type: 0x21, request: SET_CONTROL_LINE_STATE, value: dtr ? 1 : 0 }));
  image.run(1);
}

/** The byte that the echo held when the bus was reset may still come. */
export function expectDrained({ host, image }: Connection): void {
  image.run(2);
  let bytes = 0;
  for (let i = 0; i < 4; i++) bytes += host.complete(host.poll(IN))?.length ?? 0;
  expect(bytes).toBeLessThanOrEqual(1);
}

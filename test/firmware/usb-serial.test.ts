// SPDX-License-Identifier: Apache-2.0
/** The host's serial port driver on the drivers of the firmware: what `egru emulate` builds on. */
import { beforeAll, describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { UsbSerialHost } from '../../compiler/emulator/usb-host/usb-serial.ts';
import type { Elf } from '../../compiler/machines/image/elf.ts';
import { buildUsbImage, UsbImage } from '../support/chips/usb-image.ts';
import { Random } from '../support/random.ts';

let elf: Elf;
beforeAll(async () => {
  elf = await buildUsbImage(boards.trinket_m0);
});

class Port {
  readonly image = new UsbImage(elf);
  readonly serial = new UsbSerialHost(this.image.chip, { debounce: 48_000 });
  readonly received: number[] = [];
  readonly events: string[] = [];

  constructor() {
    this.serial.onBytes = (bytes) => this.received.push(...bytes);
    this.serial.onReady = ({ product }) => this.events.push(product);
    this.serial.onGone = () => this.events.push('gone');
    this.serial.onError = (error) => this.events.push(error.message);
    this.serial.plug();
  }

  /** Runs until something holds. */
  until(what: () => boolean, milliseconds = 1000): void {
    for (let i = 0; i < milliseconds && !what(); i++) this.image.run(1);
    expect(what()).toBe(true);
  }
}

describe('UsbSerialHost', () => {
  it('enumerates, opens and carries bytes in both directions', () => {
    const port = new Port();
    port.serial.open();
    const sent = new Random(1);
    const blocks = [3000, 64, 0, 128, 1, 500].map((length) =>
      Uint8Array.from({ length }, () => sent.between(0, 255)),
    );
    for (const block of blocks) port.serial.write(block);
    const all = Buffer.concat(blocks);
    port.until(() => port.received.length >= all.length);
    expect(Buffer.compare(Buffer.from(port.received), all)).toBe(0);
    expect(port.serial.idle).toBe(true);
    expect(port.events).toEqual(['keyword spotter']);
    expect(port.image.variable('test_open')).toBe(1);
  });

  it('sets rate and DTR when they change; a closed port neither sends nor receives', () => {
    const port = new Port();
    port.serial.write(Uint8Array.of(1, 2, 3));
    port.image.run(60);
    expect([port.serial.device === null, port.received.length]).toEqual([false, 0]);
    expect(port.image.variable('test_open')).toBe(0);
    port.serial.setBaud(57_600);
    port.serial.open();
    port.until(() => port.received.length === 3);
    expect(port.image.variable('test_baud')).toBe(57_600);
    port.serial.setBaud(1200);
    port.serial.close();
    port.until(() => port.image.variable('test_touched') === 1);
    expect(port.image.variable('test_open')).toBe(0);
  });

  it('lives through an unplugged cable and a reset of the chip', () => {
    const port = new Port();
    port.serial.open();
    port.until(() => port.serial.idle);
    for (const interruption of [
      () => {
        port.serial.unplug();
        port.image.run(10);
        expect(port.image.variable('test_open')).toBe(0);
        port.serial.plug();
      },
      () => port.image.chip.writeUint32(0xe000ed0c, 0x05fa0004), // AIRCR.SYSRESETREQ
    ]) {
      port.received.length = 0;
      interruption();
      expect(port.events.at(-1)).toBe('gone');
      port.until(() => port.serial.idle);
      port.serial.write(Uint8Array.of(5, 6, 7));
      port.until(() => port.received.length === 3);
      expect(port.received).toEqual([5, 6, 7]);
    }
    expect(port.events).toEqual(['keyword spotter', 'gone', 'keyword spotter', 'gone', 'keyword spotter']);
  });

  it('reports a device that does not behave, once', () => {
    const port = new Port();
    port.serial.host.bus.loses = (direction) => direction === 'out'; // no status stage ever comes through
    port.image.run(100);
    expect(port.events).toEqual(['no answer']);
    port.serial.host.bus.loses = null;
    port.serial.unplug();
    port.serial.plug();
    port.until(() => port.serial.device !== null);
    expect(port.events).toEqual(['no answer', 'keyword spotter']);
  });
});

// SPDX-License-Identifier: Apache-2.0
/** The serial port on a pseudo-terminal. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Wire } from '../../compiler/machines/device/link.ts';
import { openPseudoTerminal } from '../../compiler/machines/device/pseudo-terminal.ts';
import { openSerialPort, type SerialPort, touch1200 } from '../../compiler/machines/port/serial-port.ts';
import { usbPorts } from '../../compiler/machines/port/usb-ports.ts';
import { LineReader } from '../../compiler/machines/protocol/lines.ts';
import { addPort } from '../flash/fake-board.ts';
import { lacking } from '../support/needs.ts';

/** The other side of a pseudo-terminal, with what has come there. */
class Terminal {
  #bytes = Buffer.alloc(0);
  #changed = () => {};

  private constructor(private readonly wire: Wire) {
    wire.onBytes = (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#changed();
    };
  }

  static async open(): Promise<Terminal> {
    return new Terminal(await openPseudoTerminal());
  }

  get path(): string {
    return this.wire.path;
  }

  /** All bytes so far, once they are as wanted. */
  async take(wanted: (bytes: Buffer) => boolean): Promise<Buffer> {
    while (!wanted(this.#bytes)) await new Promise<void>((done) => (this.#changed = done));
    const bytes = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    return bytes;
  }

  send(bytes: Uint8Array): void {
    void this.wire.write(bytes);
  }

  end(): void {
    void this.wire.close();
  }
}

const every = Uint8Array.from({ length: 256 }, (_, i) => i);
const open: { end?: () => void; close?: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) {
    await each.close?.();
    each.end?.();
  }
});

async function connect(): Promise<{ terminal: Terminal; port: SerialPort }> {
  const terminal = await Terminal.open();
  open.unshift(terminal);
  const port = await openSerialPort(terminal.path);
  open.unshift(port);
  return { terminal, port };
}

/** Bytes of a port until there are so many. */
function receive(port: SerialPort, count: number): Promise<Buffer> {
  return new Promise((done) => {
    let bytes = Buffer.alloc(0);
    port.onBytes = (more) => {
      bytes = Buffer.concat([bytes, more]);
      if (bytes.length >= count) done(bytes);
    };
  });
}

describe.skipIf(lacking('linux'))('a pseudo-terminal', () => {
  it('carries every byte in both directions as it is', async () => {
    const { terminal, port } = await connect();
    await port.write(every);
    expect(Buffer.compare(await terminal.take((bytes) => bytes.length >= 256), every)).toBe(0);
    terminal.send(every);
    expect(Buffer.compare(await receive(port, every.length), every)).toBe(0);
  });

  it('keeps what comes before anybody asks', async () => {
    const { terminal, port } = await connect();
    terminal.send(Buffer.from('early\n'));
    await new Promise((done) => setTimeout(done, 300));
    expect((await receive(port, 6)).toString()).toBe('early\n');
  });

  it('reports when the other side has gone, and accepts nothing any more', async () => {
    const { terminal, port } = await connect();
    const lost = new Promise<void>((done) => (port.onLost = done));
    terminal.end();
    await lost;
    await expect(port.write(every)).rejects.toThrow(/^\/dev\/pts\/\d+: the port is closed$/);
  });

  it('belongs to one program at a time', async () => {
    const { port } = await connect();
    await expect(openSerialPort(port.path)).rejects.toThrow('another program has this port open');
  });

  it('can be touched', async () => {
    const terminal = await Terminal.open();
    open.unshift(terminal);
    await expect(touch1200(terminal.path)).resolves.toBeUndefined();
  });
});

describe('what is no port', () => {
  it.each([
    ['a file', 'package.json', 'package.json: is not a serial port'],
    ['a folder', 'compiler', 'compiler: is not a serial port'],
    ['a device of another kind', '/dev/null', '/dev/null: is not a serial port'],
    ['nothing', '/dev/ttyNONE9', '/dev/ttyNONE9: no such file or folder'],
    ['a name with NUL', '/dev/\0', 'not a usable path'],
  ])('%s', async (_, path, message) => {
    await expect(openSerialPort(path)).rejects.toThrow(message);
  });
});

describe('lines', () => {
  it('come whole, however the bytes were cut', async () => {
    const text = Buffer.from('one\r\ntwo\n\nthr\xffee\n', 'latin1');
    for (let cut = 0; cut <= text.length; cut++) {
      const lines = new LineReader();
      lines.push(text.subarray(0, cut));
      lines.push(text.subarray(cut));
      for (const line of ['one', 'two', '', 'thr\xffee']) expect(await lines.next(1)).toBe(line);
      expect(await lines.next(1)).toBeNull();
    }
  });

  it('have a limit: a flood is cut and the next line is whole again', async () => {
    const lines = new LineReader(8);
    for (let i = 0; i < 1000; i++) lines.push(Buffer.from('flood '));
    lines.push(Buffer.from('\nok\n12345678\n'));
    for (const line of ['flood fl…', 'ok', '12345678']) expect(await lines.next(1)).toBe(line);
  });

  it('wake up who waits', async () => {
    const lines = new LineReader();
    const waiting = lines.next(10_000);
    lines.push(Buffer.from('now\n'));
    expect(await waiting).toBe('now');
  });
});

describe('USB ports', () => {
  it('are found with their numbers in sysfs; everything else is left out', () => {
    const root = mkdtempSync(join(tmpdir(), 'egru-sys-'));
    try {
      expect(usbPorts(root)).toEqual([]);
      addPort(root, 'ttyACM1', 0x239a, 0x800b);
      addPort(root, 'ttyACM0', 0x2341, 0x004d);
      addPort(root, 'ttyS0', 0, 0);
      for (const file of ['idVendor', 'idProduct']) {
        writeFileSync(join(root, 'sys/devices/pci0/usb1/1-ttyS0', file), 'nonsense\n');
      }
      expect(usbPorts(root)).toEqual([
        { path: join(root, 'dev/ttyACM0'), vid: 0x2341, pid: 0x004d },
        { path: join(root, 'dev/ttyACM1'), vid: 0x239a, pid: 0x800b },
      ]);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
    if (existsSync('/sys/class/tty')) expect(Array.isArray(usbPorts())).toBe(true);
  });
});

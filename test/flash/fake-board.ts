// SPDX-License-Identifier: Apache-2.0
/**
 * A board as the machine sees it, made of folders: sysfs with its port, and the drive of its UF2 bootloader, which
 * takes blocks like microsoft/uf2-samdx1, restarts into the application when it has them all, and shows CURRENT.UF2.
 */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Board } from '../../compiler/boards/boards.ts';
import type { FlashSystem, Stored } from '../../compiler/machines/flash/system.ts';
import type { SerialPort } from '../../compiler/machines/port/serial-port.ts';

const FLASH = 256 * 1024;
const PAYLOAD = 256;

export interface Habits {
  /** What the board does wrong. */
  readonly boardId?: string;
  readonly understands?: 'command' | 'touch' | 'nothing';
  /** Flash cells that do not take what is written. */
  readonly corrupt?: number;
  /** Does not come back after it was flashed. */
  readonly lost?: boolean;
  /** Stays in the bootloader after the last block. */
  readonly stays?: boolean;
  /** Error code of node:fs for every write to the drive. */
  readonly error?: string;
  /** The drive is away when the file is flushed, as mostly on Linux. */
  readonly goneBeforeFlush?: boolean;
  /** A tick of wait() at which it comes up again. */
  readonly startTicks?: number;
}

export class FakeBoard {
  readonly flash = new Uint8Array(FLASH).fill(0xff);
  /** What happened, in order. */
  readonly log: string[] = [];
  #state: 'application' | 'bootloader' | 'away' = 'away';
  #blocks = new Set<number>();
  #coming: { state: 'application' | 'bootloader'; ticks: number } | null = null;

  constructor(
    readonly board: Board,
    readonly root: string,
    readonly habits: Habits = {},
    readonly name = 'ttyACM0',
    readonly label = 'BOOT',
  ) {}

  get drive(): string {
    return join(this.root, 'media/user', this.label);
  }

  become(state: 'application' | 'bootloader'): void {
    this.#remove();
    this.#state = state;
    this.#blocks = new Set();
    const { application, bootloader } = this.board.usb;
    const ids = state === 'application' ? application : bootloader[0];
    if (ids !== undefined) addPort(this.root, this.name, ids.vid, ids.pid);
    if (state === 'bootloader' && this.board.bootloader === 'uf2') this.#mount();
  }

  /** Time passes: a board that restarts comes back as what it will be. */
  tick(): void {
    if (this.#coming !== null && this.#coming.ticks-- <= 0) {
      const { state } = this.#coming;
      this.#coming = null;
      this.become(state);
    }
  }

  touched(path: string): void {
    if (!path.endsWith(this.name)) return;
    this.log.push('touch');
    if (this.habits.understands !== 'command' && this.habits.understands !== 'nothing')
      this.#restart('bootloader');
  }

  receive(text: string): void {
    this.log.push(JSON.stringify(text));
    const understands = this.habits.understands ?? 'command';
    if (understands === 'command' && text.split('\n').includes('bootloader')) this.#restart('bootloader');
  }

  /** A file is written to the drive. */
  store(path: string, bytes: Uint8Array): Stored {
    if (dirname(path) !== this.drive) throw new Error(`${path} is not on the drive`);
    if (this.habits.error !== undefined) throw Object.assign(new Error('fake'), { code: this.habits.error });
    this.log.push(`store ${basename(path)} ${bytes.length}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    let count = 0;
    for (let at = 0; at < bytes.length; at += 512) {
      const word = (offset: number) => view.getUint32(at + offset, true);
      if (word(0) !== 0x0a324655 || word(4) !== 0x9e5d5157 || word(508) !== 0x0ab16f30) continue;
      count = word(24);
      this.#blocks.add(word(20));
      // Blocks that are for nothing here are counted, too.
      if ((word(8) & 1) !== 0 || word(12) < 0x2000 || word(12) >= FLASH) continue;
      this.flash.set(bytes.subarray(at + 32, at + 32 + PAYLOAD), word(12));
    }
    if (this.habits.corrupt !== undefined) this.flash[this.habits.corrupt] = 0x55;
    const done = this.#blocks.size >= count && count > 0;
    if (this.habits.stays || !done) this.#show();
    else if (this.habits.lost) this.#remove();
    else this.#restart('application');
    return done && !this.habits.stays && this.habits.goneBeforeFlush ? 'gone' : 'stored';
  }

  get state(): string {
    return this.#state;
  }

  #restart(state: 'application' | 'bootloader'): void {
    this.#remove();
    this.#coming = { state, ticks: this.habits.startTicks ?? 2 };
  }

  #remove(): void {
    this.#state = 'away';
    removePort(this.root, this.name);
    rmSync(this.drive, { recursive: true, force: true });
  }

  #mount(): void {
    mkdirSync(this.drive, { recursive: true });
    const id = this.habits.boardId ?? this.board.boardIds[0] ?? '';
    const info = `UF2 Bootloader v3.7.0 SFHWRO\r\nModel: ${this.board.title}\r\nBoard-ID: ${id}\r\n`;
    writeFileSync(join(this.drive, 'INFO_UF2.TXT'), info);
    this.#show();
  }

  #show(): void {
    writeFileSync(join(this.drive, 'CURRENT.UF2'), currentUf2(this.flash));
  }
}

/** The whole flash, without family, as bootloaders show it. */
export function currentUf2(flash: Uint8Array): Uint8Array {
  const count = flash.length / PAYLOAD;
  const file = new Uint8Array(count * 512);
  const view = new DataView(file.buffer);
  for (let block = 0; block < count; block++) {
    const words = [0x0a324655, 0x9e5d5157, 0, block * PAYLOAD, PAYLOAD, block, count, 0];
    words.forEach((word, i) => {
      view.setUint32(block * 512 + 4 * i, word, true);
    });
    file.set(flash.subarray(block * PAYLOAD, (block + 1) * PAYLOAD), block * 512 + 32);
    view.setUint32(block * 512 + 508, 0x0ab16f30, true);
  }
  return file;
}

/** sysfs of a USB serial port: the terminal's device is an interface, its parent the USB device. */
export function addPort(root: string, name: string, vid: number, pid: number): void {
  const device = join(root, 'sys/devices/pci0/usb1', `1-${name}`);
  mkdirSync(join(device, '1-1:1.0'), { recursive: true });
  writeFileSync(join(device, 'idVendor'), `${vid.toString(16).padStart(4, '0')}\n`);
  writeFileSync(join(device, 'idProduct'), `${pid.toString(16).padStart(4, '0')}\n`);
  const terminal = join(root, 'sys/class/tty', name);
  mkdirSync(terminal, { recursive: true });
  symlinkSync(join(device, '1-1:1.0'), join(terminal, 'device'));
}

function removePort(root: string, name: string): void {
  rmSync(join(root, 'sys/devices/pci0/usb1', `1-${name}`), { recursive: true, force: true });
  rmSync(join(root, 'sys/class/tty', name), { recursive: true, force: true });
}

/** A machine that these boards are connected to; its time passes in wait() alone. */
export function machineWith(
  root: string,
  boards: readonly FakeBoard[],
  tools: Partial<FlashSystem> = {},
): FlashSystem {
  const at = (path: string) => boards.find(({ name }) => path.endsWith(name));
  return {
    root,
    patience: 5000,
    wait: async () => {
      for (const board of boards) board.tick();
    },
    open: async (path) => fakePort(path, at(path)),
    touch: async (path) => {
      at(path)?.touched(path);
    },
    store: (path, bytes) => {
      const board = boards.find(({ drive }) => dirname(path) === drive);
      if (board === undefined) throw new Error(`no drive for ${path}`);
      return board.store(path, bytes);
    },
    run: async () => ({ code: null, output: '' }),
    ...tools,
  };
}

function fakePort(path: string, board: FakeBoard | undefined): SerialPort {
  return {
    path,
    onLost: () => {},
    set onBytes(_: (bytes: Uint8Array) => void) {},
    write: async (bytes) => board?.receive(Buffer.from(bytes).toString('latin1')),
    close: async () => {},
  };
}

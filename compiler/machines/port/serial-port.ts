// SPDX-License-Identifier: Apache-2.0
/**
 * A serial port: a board's USB port, a debugger's, or a pseudo-terminal. The npm package serialport does the work: it
 * sets DTR, which the 1200-baud touch needs and stty cannot, and its binaries for Linux, macOS and Windows come inside
 * it. It is loaded when the first port is opened.
 */
import { existsSync, statSync } from 'node:fs';
import { InputError, printable } from '../../core/base/errors.ts';
import { guard } from '../../host/files/files.ts';

export interface SerialPort {
  readonly path: string;
  /** Gets what arrives, in order; what came before it was set is handed over when it is set. */
  set onBytes(receive: (bytes: Uint8Array) => void);
  /** Called once when the port ends without being closed: unplugged, reset, other side gone. */
  onLost: () => void;
  /** Returns when the bytes have left this machine. @throws InputError when the port is gone or takes nothing */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface PortOptions {
  /** Has no meaning over USB and for pseudo-terminals; 115,200 is what the firmware's UART has. */
  readonly baudRate?: number;
  /** Milliseconds after which a write that is not received is given up. */
  readonly writeTimeout?: number;
}

const BAUD_RATE = 115_200;
const WRITE_TIMEOUT = 5000;
/** Arduino's convention: line coding of 1200 baud and DTR dropped mean "enter the bootloader". */
const TOUCH_BAUD = 1200;
/** The library notices a side that hangs up only when it writes; the device's name in /dev goes at once. */
const ALIVE_INTERVAL = 500;

type Native = InstanceType<typeof import('serialport').SerialPort>;

/** @throws InputError where there is no such port, it is no terminal, or somebody else has it */
export async function openSerialPort(path: string, options: PortOptions = {}): Promise<SerialPort> {
  const native = await openNative(path, options.baudRate ?? BAUD_RATE);
  return new OpenPort(path, native, options.writeTimeout ?? WRITE_TIMEOUT);
}

/** Opens at 1200 baud, drops DTR and closes: a board's USB stack then starts its bootloader. */
export async function touch1200(path: string): Promise<void> {
  const native = await openNative(path, TOUCH_BAUD);
  // Some boards are gone before the call returns, and pseudo-terminals have no DTR: both are as good as done.
  await new Promise<void>((done) => native.set({ dtr: false }, () => done()));
  await closeNative(native);
}

async function openNative(path: string, baudRate: number): Promise<Native> {
  // The library opens whatever it is given; a pipe would block for ever, a file would be written to.
  if (process.platform !== 'win32' && !guard(path, () => statSync(path)).isCharacterDevice()) {
    throw new InputError(path, 'is not a serial port');
  }
  const { SerialPort } = await import('serialport');
  const native = new SerialPort({ path, baudRate, autoOpen: false });
  const error = await new Promise<Error | null>((done) => native.open(done));
  if (error !== null) throw portError(path, error);
  return native;
}

function portError(path: string, { message }: Error): InputError {
  if (/Inappropriate ioctl/.test(message)) return new InputError(path, 'is not a serial port');
  if (/Cannot lock port|Resource temporarily unavailable|busy/i.test(message)) {
    return new InputError(path, 'another program has this port open');
  }
  if (/Permission denied|Access denied/i.test(message)) {
    return new InputError(path, 'permission denied (on Debian, members of the group dialout may open it)');
  }
  return new InputError(
    path,
    `cannot be opened: ${printable(message.replace(/^Error: /, '')).slice(0, 120)}`,
  );
}

async function closeNative(native: Native): Promise<void> {
  if (native.isOpen) await new Promise<void>((done) => native.close(() => done()));
}

class OpenPort implements SerialPort {
  onLost = () => {};
  readonly #native: Native;
  readonly #writeTimeout: number;
  #receive: ((bytes: Uint8Array) => void) | null = null;
  readonly #waiting: Uint8Array[] = [];
  readonly #alive: NodeJS.Timeout;
  #closing = false;

  constructor(
    readonly path: string,
    native: Native,
    writeTimeout: number,
  ) {
    this.#native = native;
    this.#writeTimeout = writeTimeout;
    native.on('data', (bytes: Uint8Array) => {
      if (this.#receive === null) this.#waiting.push(bytes);
      else this.#receive(bytes);
    });
    native.on('error', () => {}); // a write is rejected; reading ends with 'close'
    native.on('close', () => this.#lose());
    this.#alive = setInterval(() => {
      if (process.platform !== 'win32' && !existsSync(path)) this.#lose();
    }, ALIVE_INTERVAL).unref();
  }

  #lose(): void {
    clearInterval(this.#alive);
    if (this.#closing) return;
    this.#closing = true;
    void closeNative(this.#native);
    this.onLost();
  }

  set onBytes(receive: (bytes: Uint8Array) => void) {
    this.#receive = receive;
    for (const bytes of this.#waiting.splice(0)) receive(bytes);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closing) throw new InputError(this.path, 'the port is closed');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Error>((done) => {
      timer = setTimeout(done, this.#writeTimeout, new Error('the receiver does not read'));
    });
    const sent = new Promise<Error | null | undefined>((done) => {
      this.#native.write(Buffer.from(bytes), (error) => {
        if (error) done(error);
        else this.#native.drain(done);
      });
    });
    const error = await Promise.race([sent, late]);
    clearTimeout(timer);
    if (error) throw new InputError(this.path, `cannot be written to: ${error.message}`);
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#alive);
    await closeNative(this.#native);
  }
}

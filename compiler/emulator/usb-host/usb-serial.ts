// SPDX-License-Identifier: Apache-2.0
/** A host's serial port driver for CDC-ACM devices: a stream of bytes to and from the firmware's USB. */
import type { Script } from './usb-bus.ts';
import { type Enumerated, type HostedChip, UsbError, UsbHost } from './usb-host.ts';

const SET_LINE_CODING = 0x20;
const SET_CONTROL_LINE_STATE = 0x22;
const TO_INTERFACE = 0x21;
const DTR_RTS = 3;
const COMMUNICATION = 2;
const DATA = 10;
/** Until an idle port is looked at again, in core cycles. */
const PAUSE = 4800;

const NOTHING = { open: false, baud: 0 };

export interface UsbSerialOptions {
  /** Core cycles from the connection of a device to its reset; 100 ms by default. */
  readonly debounce?: number;
}

/**
 * Enumerates whatever appears and keeps the port as it was asked for: calls take effect while the chip runs, on the
 * device that is there, and on the next one after it has gone and come back. What was written and not yet sent when a
 * device went away is lost, as it is with an operating system.
 */
export class UsbSerialHost {
  readonly host: UsbHost;
  /** Bytes from the device. */
  onBytes: ((bytes: Uint8Array) => void) | null = null;
  /** The device is configured, or gone. */
  onReady: ((device: Enumerated) => void) | null = null;
  onGone: (() => void) | null = null;
  /** A device does not behave; it is left alone until it comes back. */
  onError: ((error: UsbError) => void) | null = null;
  #device: Enumerated | null = null;
  #open = false;
  #baud = 115_200;
  /** The state last sent to the device; a rate of 0: none yet. */
  #sent = NOTHING;
  #outgoing: Uint8Array[] = [];

  constructor(
    chip: HostedChip,
    private readonly options: UsbSerialOptions = {},
  ) {
    this.host = new UsbHost(chip);
    this.host.bus.onConnect = () => this.host.bus.start(this.#guard(this.#drive()));
    this.host.bus.onDisconnect = () => {
      const was = this.#device;
      this.#device = null;
      this.#outgoing = [];
      if (was !== null) this.onGone?.();
    };
  }

  /** The configured device; null: there is none. */
  get device(): Enumerated | null {
    return this.#device;
  }

  /** Whether everything that was written and set has reached the device. */
  get idle(): boolean {
    const { open, baud } = this.#sent;
    return this.#device !== null && this.#outgoing.length === 0 && open === this.#open && baud === this.#baud;
  }

  plug(): void {
    this.host.bus.plug();
  }

  unplug(): void {
    this.host.bus.unplug();
  }

  /** Sets DTR and reads from the device from now on. */
  open(): void {
    this.#open = true;
  }

  close(): void {
    this.#open = false;
  }

  setBaud(baud: number): void {
    this.#baud = baud;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#outgoing.push(bytes.slice());
  }

  /** Line coding first, so that a closing port is left with the rate that was set. */
  *#settle(index: number): Script<void> {
    if (this.#sent.baud !== this.#baud) {
      const baud = this.#baud;
      const coding = Uint8Array.of(baud & 255, (baud >> 8) & 255, (baud >> 16) & 255, baud >>> 24, 0, 0, 8);
      yield* this.host.control({ type: TO_INTERFACE, request: SET_LINE_CODING, index }, coding);
      this.#sent = { ...this.#sent, baud };
    }
    if (this.#sent.open !== this.#open) {
      const open = this.#open;
      const value = open ? DTR_RTS : 0;
      yield* this.host.control({ type: TO_INTERFACE, request: SET_CONTROL_LINE_STATE, value, index });
      this.#sent = { ...this.#sent, open };
    }
  }

  *#drive(): Script<void> {
    this.#sent = NOTHING;
    const device = yield* this.host.enumerate(this.options.debounce);
    const { communication, input, output, packet } = findPort(device);
    this.#device = device;
    this.onReady?.(device);
    this.host.bus.start(this.#guard(this.#pump(output, packet)));
    for (;;) {
      yield* this.#settle(communication);
      const bytes = this.#sent.open ? yield* this.host.poll(input) : null;
      if (bytes === null) yield PAUSE;
      else if (bytes.length > 0) this.onBytes?.(bytes);
    }
  }

  /** Sends what was written, as packets that are as full as they can be. */
  *#pump(output: number, packet: number): Script<void> {
    for (;;) {
      const next = this.#outgoing[0];
      if (next === undefined || !this.#sent.open) {
        yield PAUSE;
        continue;
      }
      const bytes = next.subarray(0, packet);
      yield* this.host.send(output, bytes);
      // write() only appends, so that the first element is still the one that was begun.
      if (bytes.length === next.length) this.#outgoing.shift();
      else this.#outgoing[0] = next.subarray(packet);
    }
  }

  *#guard(script: Script<void>): Script<void> {
    try {
      yield* script;
    } catch (error) {
      if (!(error instanceof UsbError)) throw error;
      this.#device = null;
      this.onError?.(error);
    }
  }
}

/** The first serial port of a device. @throws UsbError */
export function findPort({ configuration }: Enumerated): {
  communication: number;
  input: number;
  output: number;
  packet: number;
} {
  const control = configuration.interfaces.find(({ kind }) => kind[0] === COMMUNICATION && kind[1] === 2);
  const data = configuration.interfaces.find(({ kind }) => kind[0] === DATA);
  const input = data?.endpoints.find(({ type, address }) => type === 'bulk' && address & 0x80);
  const output = data?.endpoints.find(({ type, address }) => type === 'bulk' && !(address & 0x80));
  if (control === undefined || input === undefined || output === undefined)
    throw new UsbError('the device has no serial port');
  return {
    communication: control.number,
    input: input.address,
    output: output.address,
    packet: output.packet,
  };
}
